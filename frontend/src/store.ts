// One observable value: the page's state, and who wants to know when it changes.

type Listener<S> = (state: S, before: S) => void;

export class Store<S extends object> {
  private listeners: Listener<S>[] = [];
  private announced: S;
  private queued = false;

  constructor(private current: S) {
    this.announced = current;
  }

  get state(): S {
    return this.current;
  }

  /** Changes some of the state. Listeners are told once, after the running code has finished. */
  set(patch: Partial<S>): void {
    this.current = { ...this.current, ...patch };
    if (this.queued) return;
    this.queued = true;
    queueMicrotask(() => {
      this.queued = false;
      const before = this.announced;
      this.announced = this.current;
      for (const listener of this.listeners) listener(this.current, before);
    });
  }

  subscribe(listener: Listener<S>): void {
    this.listeners.push(listener);
  }
}
