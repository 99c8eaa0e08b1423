import type { RegistryEvent } from './ports.ts'

/** Tells whoever listens what happened; nobody can hold the log up by listening slowly. */
export class Events {
  readonly #listeners = new Set<(event: RegistryEvent) => void>()

  listen(listener: (event: RegistryEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(event: RegistryEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}
