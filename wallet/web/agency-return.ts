/*
 * An agency's page opens in a tab of its own and sends that tab back to `/open?code=…&state=…`. The tab hands the whole
 * address to the wallet that asked, which knows it by its state; where no tab waits for it, it becomes the wallet.
 */

const waitingFor = 'fujie-awaits'
const channelName = 'fujie-return'
/** Milliseconds within which a tab that waits answers. */
const patience = 700

interface Message {
  readonly kind: 'brought' | 'taken'
  readonly state: string
  readonly address?: string
}

/** Notes that a page is open whose answer will carry this state. It outlives a reload of this tab, and nothing more. */
export function awaitReturn(state: string): void {
  sessionStorage.setItem(waitingFor, state)
}

/** Takes an answer this tab waits for, wherever it is: it stands in the fragment until the wallet is unlocked. */
export function listenForReturns(): void {
  const channel = new BroadcastChannel(channelName)
  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data.kind !== 'brought' || data.address === undefined) return
    if (sessionStorage.getItem(waitingFor) !== data.state) return
    sessionStorage.removeItem(waitingFor)
    channel.postMessage({ kind: 'taken', state: data.state } satisfies Message)
    location.hash = `#${encodeURIComponent(data.address)}`
  })
}

/** The address this page was sent back to with an answer; undefined for any other opening. */
export function returnedTo(place: Location): string | undefined {
  const { origin, pathname, search } = place
  const isAnswer = pathname === '/open' && new URLSearchParams(search).has('state')
  return isAnswer ? `${origin}${pathname}${search}` : undefined
}

/** Offers an answer to the other tabs. Whether one took it. */
export async function bringBack(address: string): Promise<boolean> {
  const state = new URL(address).searchParams.get('state') ?? ''
  const channel = new BroadcastChannel(channelName)
  const taken = new Promise<boolean>((resolve) => {
    setTimeout(() => resolve(false), patience)
    channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
      if (data.kind === 'taken' && data.state === state) resolve(true)
    })
  })
  channel.postMessage({ kind: 'brought', state, address } satisfies Message)
  return taken.finally(() => channel.close())
}
