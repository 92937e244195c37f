// Everything the editor's page knows that can change, in one value, and what its parts share.

import type { Api } from '../api';
import type { Catalogue } from '../api.types';
import type { Boot } from '../boot';
import type { DraftLayers, Side } from '../draw/layers';
import type { Sketch } from '../draw/sketch';
import type { Snap } from '../draw/snap';
import type { LegalCrs } from '../map/crs';
import type { MapView } from '../map/map';
import type { Width } from '../state';
import type { Store } from '../store';
import type {
  Changeset,
  Conflict,
  DraftFeature,
  Issue,
  Metres,
  OperationInfo,
  Preview,
} from './changeset';
import type { Keep, Pending } from './keep';
import type { Order } from './points';

export type EditDialog =
  | 'submit'
  | 'approve'
  | 'return'
  | 'withdraw'
  | 'conflict'
  | 'stale'
  | 'keys';

/** What the page says of the draft's safety. */
type Saving = 'saved' | 'saving' | 'local' | 'failed';

interface Problem {
  sentence: string;
  errors: string[];
}

export interface EditState {
  changeset: Changeset;
  /** What the last check found; null while this state of the draft has not been checked. */
  issues: Issue[] | null;
  checkedAt: string | null;
  features: Map<string, DraftFeature>;
  /** What stands in the list of areas: those in view, until the map comes nearer. */
  listed: 'loading' | 'ready' | 'far' | 'failed';
  truncated: boolean;
  selected: string[];
  operations: OperationInfo[];
  operation: string | null;
  fields: Record<string, string>;
  points: Metres[];
  hanging: Metres | null;
  snap: Snap | null;
  snapping: boolean;
  preview: Preview | null;
  problem: Problem | null;
  busy: string | null;
  saving: Saving;
  pending: Pending | null;
  side: Side;
  issue: number | null;
  dialog: EditDialog | null;
  /** Reason or note in an open dialog. */
  note: string;
  conflicts: Conflict[];
  choices: Record<string, 'mine' | 'theirs'>;
  pasted: { text: string; order: Order | null } | null;
  connection: 'ok' | 'unreachable' | 'failing' | 'expired';
  width: Width;
}

export interface EditBoot extends Boot {
  dossier: string;
  changeset: string | null;
}

export interface Editor {
  boot: EditBoot;
  api: Api;
  catalogue: Catalogue;
  crs: LegalCrs;
  keep: Keep;
  store: Store<EditState>;
  /** Null in a browser that cannot draw a map. */
  view: MapView | null;
  layers: DraftLayers | null;
  sketch: Sketch | null;
}

/** Whether this person may change this draft on this screen. */
export function canEdit({ store, view }: Editor): boolean {
  const { changeset, width } = store.state;
  return view !== null && changeset.may.edit && width === 'desktop';
}

export function selectedFeatures(state: EditState): DraftFeature[] {
  return state.selected.flatMap((key) => state.features.get(key) ?? []);
}

export function shownIssues(state: EditState): Issue[] {
  return state.preview?.issues ?? state.issues ?? [];
}
