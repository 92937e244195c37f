// The draft once more in this browser, so that nothing is lost when the connection or the sign-in is.
// What was asked for is written down before it is sent, and struck out when the server has answered.

import type { Changeset, Key, Metres } from './changeset';

export interface Pending {
  /** The address and the content that were to be sent. */
  path: string;
  body: Record<string, unknown>;
  title: string;
  at: string;
}

/** The form as it stood. */
export interface KeptEntry {
  operation: string;
  selection: Key[];
  fields: Record<string, string>;
  points: Metres[];
}

export interface Kept {
  changeset: Changeset;
  pending: Pending | null;
  entry: KeptEntry | null;
}

type Place = Pick<Storage, 'getItem' | 'setItem'>;

const PREFIX = 'diaba.draft.';

export class Keep {
  /** False when the browser refused to keep: private windows, a full disk. */
  works = true;

  constructor(
    private readonly changeset: string,
    private readonly place: Place,
  ) {}

  read(): Kept | null {
    try {
      const text = this.place.getItem(PREFIX + this.changeset);
      return text ? (JSON.parse(text) as Kept) : null;
    } catch {
      return null;
    }
  }

  write(kept: Kept): void {
    try {
      this.place.setItem(PREFIX + this.changeset, JSON.stringify(kept));
      this.works = true;
    } catch {
      this.works = false;
    }
  }
}

/** The kept draft as a file, for when the server cannot give it. */
export function asFile(kept: Kept): string {
  return JSON.stringify({ source: 'browser', ...kept }, null, 2);
}
