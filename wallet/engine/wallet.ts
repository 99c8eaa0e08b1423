import { Access } from './access.ts'
import { Backup } from './backup.ts'
import type { Answers, ConsentMethods, Methods, WalletMethods } from './contract.ts'
import { Dates } from './dates.ts'
import { Documents } from './documents.ts'
import { Engage } from './engage.ts'
import { answerHistory } from './history-desk.ts'
import { answerIdentities } from './identities-answers.ts'
import { createNews } from './news.ts'
import type { WalletPorts } from './ports.ts'
import { Present } from './present.ts'
import { createReceiving } from './receiving.ts'
import type { WalletClient } from './redeem.ts'
import { openScanned } from './scan.ts'
import { Showings } from './showings.ts'
import type { Trust } from './trust.ts'
import { describeWallet, noteWordsChecked } from './wallet-record.ts'

/** Where a wallet turns to. */
export interface WalletPlaces {
  /** Origin of the relay of 亮证. */
  readonly relay: string
  /** Origin of the registry. */
  readonly registry: string
  /** How agencies know this wallet program; absent where the host cannot open their pages. */
  readonly client?: WalletClient
}

/** What a wallet answers, list by list; the transports put it behind the contract's schemas. */
export interface WalletEngine {
  readonly wallet: Answers<WalletMethods>
  readonly consent: Answers<ConsentMethods>
}

/** Puts a wallet together over its host's ports. `trust` is handed the vault's door to keep there what it learned. */
export function createWallet(
  ports: WalletPorts,
  places: WalletPlaces,
  createTrust: (access: Access) => Trust,
): WalletEngine {
  const news = createNews(ports.timer)
  const access = new Access(ports, news)
  const trust = createTrust(access)
  const parts = { ports, access, news, trust }
  const backup = new Backup(parts)
  const showings = new Showings({ ports, access })
  const present = new Present({ ...parts, showings })
  const { receive, renewal, notices } = createReceiving(parts, places.client)
  const documents = new Documents({ ...parts, notices })
  const dates = new Dates({ ...parts, cards: () => documents.list() })
  const engage = new Engage({ ...parts, relay: places.relay, openRequest: (link) => present.open(link, 'engagement') })
  const history = answerHistory(parts)
  const openOffer = (text: string) => receive.open(text)

  const requests = {
    'request.view': ({ id }: { readonly id: string }) => present.view(id),
    'request.decline': async ({ id }: { readonly id: string }) => {
      await present.decline(id)
      return {}
    },
    'news.after': ({ seen }: { readonly seen: number }) => news.after(seen),
  }
  return {
    consent: touching<ConsentMethods>(access, {
      ...requests,
      'request.approve': (approval) => present.approve(approval),
    }),
    wallet: touching<WalletMethods>(access, {
      ...requests,
      'vault.state': () => access.state(),
      'vault.weigh': ({ passphrase }) => Promise.resolve(access.weigh(passphrase)),
      'vault.create': (input) => access.create(input),
      'vault.unlock': (input) => access.unlock(input),
      'vault.lock': ({ full }) => {
        access.lock(full)
        return access.state()
      },
      'vault.pin': (input) => access.changePin(input),
      'vault.passphrase': (input) => done(access.changePassphrase(input)),
      'vault.rekey': (input) => done(access.changeKey(input)),
      'vault.checked': async () => done(noteWordsChecked(access.vault, ports.clock.now())),
      'backup.view': async () => backup.view(),
      'backup.make': (input) => backup.make(input),
      'backup.part': (input) => backup.part(input),
      'backup.feed': async (input) => backup.feed(input),
      'backup.check': (input) => backup.check(input),
      'backup.restore': (input) => backup.restore(input),
      'documents.list': async () => ({ documents: await documents.list() }),
      'documents.get': ({ id }) => documents.get(id),
      'documents.remove': ({ id }) => done(documents.remove(id)),
      'documents.restore': ({ id }) => done(documents.restore(id)),
      'documents.copied': (copy) => documents.noteCopy(copy),
      'scan.open': ({ text, source }) =>
        openScanned(text, source, {
          openOffer,
          takeAnswer: (answer) => receive.answer(answer),
          openRequest: (link) => present.open(link, source),
          openCounter: (request) => present.openCounter(request, source),
        }),
      'receive.open': ({ text }) => openOffer(text),
      'receive.view': ({ id }) => receive.view(id),
      'receive.accept': ({ id, txCode }) => receive.accept(id, txCode),
      'receive.decline': ({ id }) => done(receive.decline(id)),
      'receive.list': async () => ({ offers: await receive.list() }),
      'receive.renew': ({ document }) => renewal.renew(document),
      'dates.list': () => dates.list(),
      'dates.dismiss': ({ document }) => done(dates.dismiss(document)),
      'engage.start': () => engage.start(),
      'engage.cancel': ({ id }) => done(Promise.resolve(engage.cancel(id))),
      'request.showing': ({ id }) => showings.view(id),
      'request.end': ({ id }) => done(Promise.resolve(showings.end(id))),
      ...history,
      ...answerIdentities(parts, trust.identities, places.registry),
      'settings.get': () => Promise.resolve(access.settings),
      'settings.set': (change) => access.changeSettings(change),
      'identity.view': () =>
        Promise.resolve().then(() => {
          const described = describeWallet(access.vault)
          return {
            ...described,
            technical: { ...described.technical, registry: places.registry, checkpoint: trust.checkpoint() },
          }
        }),
    }),
  }
}

/** Questions a page asks by itself say nothing of a person at it. */
const unattended: ReadonlySet<string> = new Set(['news.after', 'vault.state'])

/** Every other question keeps the vault from locking by itself. */
function touching<M extends Methods>(access: Access, answers: Answers<M>): Answers<M> {
  const wrapped = Object.entries<(input: never) => Promise<unknown>>(answers).map(([name, answer]) => [
    name,
    (input: never) => {
      if (!unattended.has(name)) access.touch()
      return answer(input)
    },
  ])
  return Object.fromEntries(wrapped) as Answers<M>
}

async function done(work: Promise<unknown>): Promise<Record<string, never>> {
  await work
  return {}
}
