// What a person does with the draft, and how it reaches the server: preview, step, undo, check, submit, decide.
// Every request that changes something is written down in the browser before it is sent.

import { announce } from '../announce';
import { ApiError, UnreachableError } from '../api';
import { t } from '../i18n';
import {
  type Changeset,
  type Conflict,
  type Issue,
  keyOf,
  type Preview,
  type Request,
} from './changeset';
import { askOperations, showDraft } from './drafted';
import { asFile, type Pending } from './keep';
import { operationNamed } from './operations';
import { type Editor, type EditState, selectedFeatures } from './state';

function path(editor: Editor, rest = ''): string {
  return `/api/v1/changesets/${editor.store.state.changeset.id}${rest}`;
}

/** The request that the form stands for, or what it still lacks. */
export function requestOf(state: EditState): Request | { missing: string } {
  const operation = operationNamed(state.operation);
  if (!operation) return { missing: t('Chọn một việc trên thanh công cụ.') };
  const selected = selectedFeatures(state);
  const built = operation.build({ points: state.points, fields: state.fields, selected });
  if ('missing' in built) return built;
  const selection = selected.map(({ layer, id }) => ({ layer, id }));
  return { operation: operation.id, selection, parameters: built.parameters };
}

/** Asks what the operation would do; nothing is kept on the server. */
export async function preview(editor: Editor): Promise<void> {
  const request = requestOf(editor.store.state);
  if ('missing' in request) {
    fail(editor, request.missing);
    return;
  }
  await busy(editor, t('Đang xem trước…'), async () => {
    const { api, boot } = editor;
    const answer = await api.post<Preview>(path(editor, '/preview'), request, boot.csrf);
    editor.store.set({ preview: answer, issue: null, side: 'both' });
    const blocks = countOf(answer.issues, 'block');
    announce(
      t('Xem trước: {changes} thay đổi, {n} phát hiện chặn.', {
        changes: answer.changes.length,
        n: blocks,
      }),
    );
  });
}

/** Puts the operation into the draft. */
export async function addStep(editor: Editor): Promise<void> {
  const { state } = editor.store;
  const request = requestOf(state);
  if ('missing' in request) {
    fail(editor, request.missing);
    return;
  }
  const title = state.operations.find(({ id }) => id === request.operation)?.title ?? '';
  const done = await change(editor, '/steps', { ...request }, title);
  if (!done) return;
  announce(t('Đã đưa vào nháp: {title}', { title }));
}

/** Empties the form and the selection. */
function clearEntry(editor: Editor): void {
  editor.sketch?.stop();
  editor.store.set({
    operation: null,
    fields: {},
    points: [],
    hanging: null,
    snap: null,
    preview: null,
    pasted: null,
    selected: [],
  });
  remember(editor);
  void askOperations(editor);
}

export async function undo(editor: Editor): Promise<void> {
  const step = editor.store.state.changeset.steps.at(-1);
  if (!step) return;
  const title = t('Hoàn tác: {title}', { title: step.title });
  if (await change(editor, '/undo', {}, title)) announce(title);
}

export async function redo(editor: Editor): Promise<void> {
  const step = editor.store.state.changeset.redo.at(-1);
  if (!step) return;
  const title = t('Làm lại: {title}', { title: step.title });
  if (await change(editor, '/redo', {}, title)) announce(title);
}

/** Asks what stands in the way of an approval. */
export async function check(editor: Editor): Promise<void> {
  await busy(editor, t('Đang kiểm tra…'), async () => {
    await findIssues(editor);
    announce(t('Đã kiểm tra: {n} phát hiện.', { n: editor.store.state.issues?.length ?? 0 }));
  });
}

/** Checks on opening and after each change, without a word unless something is found. */
export async function checkQuietly(editor: Editor): Promise<void> {
  const { status, changes } = editor.store.state.changeset;
  if (changes.length === 0 || (status !== 'draft' && status !== 'submitted')) return;
  try {
    await findIssues(editor);
  } catch {
    return; // “Chưa kiểm tra” stays, with the button beside it
  }
  const blocks = countOf(editor.store.state.issues ?? [], 'block');
  if (blocks > 0) announce(t('Còn {n} phát hiện chặn', { n: blocks }));
}

async function findIssues({ api, boot, store }: Editor): Promise<void> {
  const { id, version } = store.state.changeset;
  const address = `/api/v1/changesets/${id}/check`;
  const { issues } = await api.post<{ issues: Issue[] }>(address, {}, boot.csrf);
  // An answer about a state that is no longer the draft's says nothing.
  if (store.state.changeset.version !== version) return;
  store.set({ issues, checkedAt: new Date().toISOString(), preview: null, issue: null });
}

export async function submit(editor: Editor): Promise<void> {
  const note = editor.store.state.note.trim();
  if (await change(editor, '/submit', note ? { note } : {}, t('Gửi duyệt'))) {
    announce(t('Đã gửi duyệt.'));
  }
}

export async function approve(editor: Editor): Promise<void> {
  if (await change(editor, '/approve', {}, t('Duyệt'))) announce(t('Đã duyệt.'));
}

export async function sendBack(editor: Editor): Promise<void> {
  const reason = editor.store.state.note.trim();
  if (!reason) {
    fail(editor, t('Ghi lý do trả lại để người lập biết phải sửa gì.'));
    return;
  }
  if (await change(editor, '/return', { reason }, t('Trả lại'))) announce(t('Đã trả lại.'));
}

export async function withdraw(editor: Editor): Promise<void> {
  if (await change(editor, '/withdraw', {}, t('Rút bản nháp'))) announce(t('Đã rút bản nháp.'));
}

/** After the register has moved on: whose version of each feature is kept. */
export async function rebase(editor: Editor): Promise<void> {
  const { conflicts, choices } = editor.store.state;
  const chosen = conflicts.map(({ layer, id }) => ({
    layer,
    id,
    keep: choices[keyOf({ layer, id })] ?? 'theirs',
  }));
  const done = await change(editor, '/rebase', { choices: chosen }, t('Lấy bản mới'));
  if (done) {
    editor.store.set({ conflicts: [], choices: {} });
    announce(t('Bản nháp đã theo sổ mới. Xem lại rồi gửi.'));
  }
}

/** Sends again what did not get through. */
export async function retry(editor: Editor): Promise<void> {
  const { pending } = editor.store.state;
  if (pending) await send(editor, pending);
  else await reload(editor);
}

/** Lets go of what did not get through; the form still holds it. */
export function dropPending(editor: Editor): void {
  editor.store.set({ pending: null, saving: 'saved', problem: null });
  remember(editor);
}

/** The draft as the server has it now. */
export async function reload(editor: Editor): Promise<void> {
  await busy(editor, t('Đang tải…'), async () => {
    take(editor, await editor.api.get<Changeset>(path(editor), {}));
    editor.store.set({ dialog: null, problem: null });
  });
}

/** The draft as a file: from the server, or the copy in this browser when there is no way to it. */
export async function download(editor: Editor): Promise<void> {
  const { changeset } = editor.store.state;
  let text: string;
  try {
    text = JSON.stringify(await editor.api.get(path(editor, '/download'), {}), null, 2);
  } catch {
    const { pending } = editor.store.state;
    text = asFile(editor.keep.read() ?? { changeset, pending, entry: null });
    announce(t('Máy chủ không trả lời. Đã tải bản giữ trên máy này.'));
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = `${changeset.dossier_code.replaceAll(/[^\w.-]+/g, '-')}.json`;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Writes the form and the draft down in this browser. */
export function remember(editor: Editor): void {
  const { changeset, pending, operation, fields, points } = editor.store.state;
  const selection = selectedFeatures(editor.store.state).map(({ layer, id }) => ({ layer, id }));
  const entry = operation ? { operation, selection, fields, points } : null;
  editor.keep.write({ changeset, pending, entry });
}

async function change(
  editor: Editor,
  rest: string,
  body: Record<string, unknown>,
  title: string,
): Promise<boolean> {
  if (editor.store.state.busy) return false;
  const { version } = editor.store.state.changeset;
  const at = new Date().toISOString();
  return send(editor, { path: path(editor, rest), body: { ...body, version }, title, at });
}

async function send(editor: Editor, pending: Pending): Promise<boolean> {
  const { store, api, boot } = editor;
  store.set({ pending, saving: 'saving' });
  remember(editor);
  return busy(editor, t('Đang lưu…'), async () => {
    const changeset = await api.post<Changeset>(pending.path, pending.body, boot.csrf);
    store.set({ pending: null, saving: 'saved', dialog: null, note: '', problem: null });
    if (pending.path.endsWith('/steps')) clearEntry(editor);
    take(editor, changeset);
  });
}

/** Makes the server's draft the page's, and the copy's. */
function take(editor: Editor, changeset: Changeset): void {
  const nothing = { preview: null, issue: null, issues: null, checkedAt: null };
  editor.store.set({ changeset, ...nothing, side: 'both' });
  remember(editor);
  void showDraft(editor);
  void checkQuietly(editor);
}

/** Runs a request with the page saying so; true when it went well. */
async function busy(editor: Editor, words: string, run: () => Promise<void>): Promise<boolean> {
  const { store } = editor;
  store.set({ busy: words, problem: null });
  try {
    await run();
    return true;
  } catch (error) {
    explain(editor, error);
    return false;
  } finally {
    store.set({ busy: null });
  }
}

function explain(editor: Editor, error: unknown): void {
  const { store } = editor;
  const waits = store.state.pending !== null;
  if (error instanceof UnreachableError) {
    store.set({ saving: waits ? 'local' : store.state.saving });
    fail(
      editor,
      t('Chưa tới được máy chủ. Bản nháp và phần vừa nhập vẫn còn. Thử lại khi có mạng.'),
    );
  } else if (error instanceof ApiError && error.status !== 401 && error.status < 500) {
    // The server has said no: sending the same again would not help. The form still holds it all.
    store.set({ pending: null, saving: 'saved' });
    remember(editor);
    refuse(editor, error);
  } else if (error instanceof ApiError) {
    store.set({ saving: waits ? 'local' : store.state.saving });
    fail(editor, error.detail || t('Máy chủ gặp sự cố. Bản nháp và phần vừa nhập vẫn còn.'));
  } else {
    store.set({ saving: 'failed' });
    throw error;
  }
}

function refuse(editor: Editor, error: ApiError): void {
  const { store } = editor;
  const { body } = error;
  if (error.code === 'changeset_stale') {
    store.set({ dialog: 'stale' });
  } else if (error.code === 'register_moved') {
    store.set({ dialog: 'conflict', conflicts: body.conflicts as Conflict[], choices: {} });
  } else if (error.code === 'issues_block') {
    const issues = body.issues as Issue[];
    store.set({ issues, checkedAt: new Date().toISOString(), dialog: null });
  }
  editor.layers?.pointOut((body.place as GeoJSON.Geometry | null | undefined) ?? null);
  const errors = Array.isArray(body.errors) ? (body.errors as { detail?: string }[]) : [];
  store.set({
    problem: {
      sentence: error.detail || error.title,
      errors: errors.map((one) => one.detail ?? ''),
    },
  });
  announce(error.detail || error.title);
}

function fail(editor: Editor, sentence: string): void {
  editor.store.set({ problem: { sentence, errors: [] } });
  announce(sentence);
}

export function countOf(issues: Issue[], severity: Issue['severity']): number {
  return issues.filter((issue) => issue.severity === severity).length;
}
