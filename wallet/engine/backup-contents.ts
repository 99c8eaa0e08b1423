import { keep, readRecord, readRecords, storedCopy, storedReceipt, type Records, type StoredCopy } from './contents.ts'
import { storedAnyKey, type StoredReapply } from './contents-backup.ts'
import type { Words } from './contract.ts'
import type { ReapplyReason } from './contract/backup.ts'
import { holdingsOf, type Holding } from './copies.ts'
import type { StoreName } from './vault-record.ts'
import type { VaultChange } from './vault.ts'

/** What the rules look at besides a record itself. */
interface Whole {
  /** Documents that come back: those with a lasting copy under a key of their own. */
  readonly documents: ReadonlySet<string>
  /** Copies for more than one showing, of these documents. */
  readonly copies: ReadonlySet<string>
  /** Keys of one-time copies, of receipts under way and of devices. */
  readonly boundKeys: ReadonlySet<string>
}

type Rule = (id: string, whole: Whole) => boolean

const left = /^(receipt\/|pin$|backup\/(last|made|restored)$)/

/**
 * THE table of what goes into a backup: a rule a store, asked for each record.
 *
 * A record of a kind that is not known here goes in: forgetting to list it must not lose it.
 */
const rules: Readonly<Record<StoreName, Rule>> = {
  documents: (id, { documents }) => documents.has(id),
  copies: (id, { copies }) => copies.has(id),
  keys: (id, { boundKeys }) => !boundKeys.has(id),
  dids: () => true,
  // What was gathered about others is gathered again, but for what the documents are called.
  trust: (id) => id.startsWith('type_metadata/'),
  history: () => true,
  // A receipt under way is bound to this device; the show PIN is chosen anew on each.
  settings: (id) => !left.test(id),
}

/** One record of a backup. */
export type BackedUp = VaultChange & { readonly value: Uint8Array }

/** The records of a vault that go into a backup. */
export function backupRecords(records: Records): BackedUp[] {
  const whole = wholeOf(records)
  return (Object.keys(rules) as StoreName[]).flatMap((store) =>
    [...records.all(store)].filter(([id]) => rules[store](id, whole)).map(([id, value]) => ({ store, id, value })),
  )
}

function wholeOf(records: Records): Whole {
  const lasting = holdingsOf(records).map((holding) => ({ holding, copies: lastingCopies(holding, records) }))
  const back = lasting.filter(({ copies }) => copies.length > 0)
  const copies = back.flatMap((each) => each.copies)
  const kept = new Set(copies.map(({ id }) => id))
  const bound = readRecords(records, 'copies', storedCopy).filter(({ id }) => !kept.has(id))
  const receipts = readRecords(records, 'settings', storedReceipt, 'receipt/')
  const underWay = receipts.flatMap(({ batches, authorization, token }) => [
    ...batches.flatMap(({ keys }) => keys),
    ...[authorization?.key ?? '', token?.key ?? ''],
  ])
  const inDevices = [...records.all('keys').keys()].filter((id) => isInDevice(id, records))
  const used = new Set(copies.map(({ key }) => key))
  return {
    documents: new Set(back.map(({ holding }) => holding.document.id)),
    copies: kept,
    boundKeys: new Set([...bound.map(({ key }) => key), ...underWay.filter((id) => !used.has(id)), ...inDevices]),
  }
}

/** The full edition, shown many times under one key; counter copies are for one showing each. */
function lastingCopies({ copies }: Holding, records: Records): StoredCopy[] {
  return copies.filter(({ edition, key }) => edition === 'full' && !isInDevice(key, records))
}

function isInDevice(key: string, records: Pick<Records, 'get'>): boolean {
  return readRecord(records, 'keys', key, storedAnyKey)?.d === undefined
}

/** What must be got again after a restore; `nameOf` says what a type is called, if that is known. */
export async function reapplications(
  records: Records,
  nameOf: (holding: Holding) => Promise<Words | undefined>,
): Promise<StoredReapply[]> {
  const asked = holdingsOf(records).map(async (holding): Promise<StoredReapply | undefined> => {
    const back = lastingCopies(holding, records).length > 0
    const reason = reasonOf(holding, records)
    if (reason === undefined) return undefined
    const { type, issuer, subject } = holding.document
    const typeName = await nameOf(holding)
    return { type, issuer, subject, reason, back, ...(typeName === undefined ? {} : { typeName }) }
  })
  return (await Promise.all(asked)).filter((each) => each !== undefined)
}

function reasonOf({ copies }: Holding, records: Records): ReapplyReason | undefined {
  if (copies.some(({ edition, key }) => edition === 'full' && isInDevice(key, records))) return 'device_key'
  return copies.some(({ edition }) => edition === 'counter') ? 'one_time' : undefined
}

/** Records as a restored vault takes them: a copy may have been shown since the backup was made. */
export function restoredRecords(records: Records): VaultChange[] {
  const copies = readRecords(records, 'copies', storedCopy)
  return [
    ...backupRecords(records).filter(({ store }) => store !== 'copies'),
    ...copies.map((copy) => keep('copies', copy.id, { ...copy, used: Math.max(1, copy.used) })),
  ]
}
