import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import type { Answers, Client, Methods } from '../engine/contract.ts'
import { connect } from './connect.ts'
import { dispatch, type Reply } from './dispatch.ts'

/** What a preload lends its page: one channel, and on it questions by name. */
export interface Bridge {
  ask(method: string, input: unknown): Promise<unknown>
}

/** The name of a list is the name of its channel. */
export type ChannelName = 'wallet' | 'consent'

/** The end in the main process: `ipcMain`, or another that hands over who asks. */
export interface ChannelEnd<Event> {
  handle(channel: string, listener: (event: Event, ...words: unknown[]) => Promise<Reply>): void
}

/** One channel, the list it carries, and who may ask on it. */
export interface Channel<M extends Methods, Event> {
  readonly name: ChannelName
  readonly methods: M
  readonly answers: Answers<M>
  isOurs(event: Event): boolean
}

const refused: Reply = { ok: false, code: 'request.malformed' }

/**
 * Answers the questions of one list on its channel, and those of no other page than its own.
 *
 * Who asks is looked at first, then how much it says; only then is it read.
 */
export function serveChannel<M extends Methods, Event>(
  end: ChannelEnd<Event>,
  { name, methods, answers, isOurs }: Channel<M, Event>,
): void {
  end.handle(name, async (event, ...words) => {
    if (!isOurs(event) || words.length !== 2 || !isSmall(words)) return refused
    const [method, input] = words
    return dispatch(methods, answers, method, input)
  })
}

function isSmall(words: readonly unknown[]): boolean {
  try {
    return utf8(JSON.stringify(words)).length <= limits.ipcMessage
  } catch {
    // What cannot be written as JSON (cycles, big integers) is no question of ours.
    return false
  }
}

/** The client of a list over the bridge of its page. */
export function connectBridge<M extends Methods>(methods: M, bridge: Bridge): Client<M> {
  return connect(methods, (method, input) => bridge.ask(method, input))
}
