// Which keys may be asked for: the same rule as the server's, so that an honest player never asks for one in vain.

export class Gate {
  /** `session` is null in a preview, whose playlist holds nothing it may not play. */
  constructor(session, windowSeconds) {
    Object.assign(this, { session, windowSeconds, waiting: new Set() });
    session?.addEventListener("moved", () => this.letGo());
  }

  /** The key's address ends with its window's number; the windows are equally long. */
  allows(address) {
    if (!this.session || this.session.done) return true;
    const { frontier, lookAhead, nextStop } = this.session;
    const start = Number(new URL(address, location.href).pathname.match(/(\d+)$/)?.[1] ?? 0) * this.windowSeconds;
    return start < frontier || start < Math.min(frontier + lookAhead, nextStop ?? Infinity);
  }

  /** Run `ask` as soon as the key may be asked for; gives a function that forgets about it. */
  whenAllowed(address, ask) {
    if (this.allows(address)) {
      ask();
      return () => {};
    }
    const one = { address, ask };
    this.waiting.add(one);
    return () => this.waiting.delete(one);
  }

  /** The frontier moved or a quiz was answered: those that may ask now, do. */
  letGo() {
    for (const one of [...this.waiting]) {
      if (!this.allows(one.address)) continue;
      this.waiting.delete(one);
      one.ask();
    }
  }
}
