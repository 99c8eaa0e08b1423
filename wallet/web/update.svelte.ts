import type { PageUpdate } from '../screens/page-update.ts'

/** Milliseconds from one look for a newer form to the next, while the page stays open. */
const lookEvery = 3_600_000

/** The newer form of the page that its service worker has fetched, and which waits for this one to end. */
export class WaitingUpdate implements PageUpdate {
  #waiting: ServiceWorker | undefined = $state.raw()
  #applying = false

  get ready(): boolean {
    return this.#waiting !== undefined
  }

  /** Registers the service worker and looks for newer ones: now and then, and when people come back to the page. */
  async watch(script: string): Promise<void> {
    const registration = await navigator.serviceWorker.register(script, { type: 'module', scope: '/' })
    this.#await(registration)
    registration.addEventListener('updatefound', () => this.#await(registration))
    const look = () => void registration.update().catch(() => undefined)
    setInterval(look, lookEvery)
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && look())
    // The reload is ours alone: another tab that takes the newer one over leaves this page as it is.
    navigator.serviceWorker.addEventListener('controllerchange', () => this.#applying && location.reload())
  }

  apply(): void {
    if (this.#applying) return
    this.#applying = true
    this.#waiting?.postMessage('take over')
  }

  /** The first one of all replaces nothing: there is no page of its kind to begin anew. */
  #await(registration: ServiceWorkerRegistration): void {
    const { waiting, installing } = registration
    if (waiting && navigator.serviceWorker.controller) this.#waiting = waiting
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'installed' && navigator.serviceWorker.controller) this.#waiting = installing
    })
  }
}
