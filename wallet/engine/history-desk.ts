import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Access } from './access.ts'
import type { Answers, WalletMethods } from './contract.ts'
import { noteAsked, noteOutcome } from './follow-up.ts'
import { formatHistoryFile, partLength } from './history-file.ts'
import { stateShowing } from './history-statement.ts'
import { eraseHistory, getHistory, listHistory, partiesOf } from './history.ts'
import type { News } from './news.ts'
import type { WalletPorts } from './ports.ts'
import type { VaultChange } from './vault.ts'

type HistoryMethods = Extract<keyof WalletMethods, `history.${string}`>

export interface HistoryParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'random' | 'keys'>
  readonly access: Access
  readonly news: News
}

/** What can be asked about the past, and set going about it. */
export function answerHistory({ ports, access, news }: HistoryParts): Pick<Answers<WalletMethods>, HistoryMethods> {
  const files = new Map<string, string>()
  access.onLock(() => files.clear())

  async function change(changes: () => VaultChange[]): Promise<Record<string, never>> {
    await access.vault.commit(changes)
    news.post({ kind: 'history' })
    return {}
  }

  return {
    'history.list': async (query) => listHistory(access.vault, query),
    'history.get': async ({ id }) => getHistory(access.vault, id),
    'history.parties': async () => ({ parties: partiesOf(access.vault) }),
    'history.statement': async (of) => stateShowing(access.vault, ports.keys, of, ports.clock.now()),
    'history.ask': async ({ way, ...of }) => change(() => [noteAsked(access.vault, of, way, ports.clock.now())]),
    'history.mark': async ({ state, ...of }) => change(() => [noteOutcome(access.vault, of, state, ports.clock.now())]),
    'history.erase': async ({ id }) => change(() => eraseHistory(access.vault, id)),
    'history.export': async () => {
      const now = ports.clock.now()
      const text = await formatHistoryFile(access.vault, ports.keys, now)
      const id = encodeBase64url(ports.random.bytes(12))
      files.clear() // the last one asked for is the one that is fetched
      files.set(id, text)
      const day = new Date(now * 1000).toISOString().slice(0, 10)
      return { id, name: `fujie-history-${day}.json`, parts: Math.ceil(text.length / partLength) }
    },
    'history.part': async ({ id, part }) => {
      const text = files.get(id)?.slice(part * partLength, (part + 1) * partLength)
      if (text === undefined || text === '') throw new Fault('history.not_found')
      return { text }
    },
  }
}
