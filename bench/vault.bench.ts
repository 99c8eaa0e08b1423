import { codeOf, Device, documentRecords, feedBackup, passphrase, saveBackup } from '../tests/fixtures/wallet-device.ts'
import { deriveFromPassphrase, measureCost } from '../wallet/engine/vault-kdf.ts'
import { makeRow, type Row } from './row.ts'

const documents = 10_000
/** About what a document without a picture comes to. */
const credential = `${'e'.repeat(2_600)}~`

/** What a guess at a passphrase costs on this machine, and how long it takes to bring 10,000 documents back. */
export async function* rows(): AsyncGenerator<Row> {
  const cost = await measureCost(() => performance.now())
  const guess = await timed(() =>
    deriveFromPassphrase('a guess', { name: 'argon2id', ...cost, salt: new Uint8Array(16) }),
  )
  yield row('memory of a guess', 'MiB', cost.m / 1024)
  yield row('a guess, or to unlock', 'ms', guess, 2_500)

  const wallet = new Device().start()
  const { words } = await wallet.ask['vault.create']({ passphrase, language: 'en' })
  const records = Array.from({ length: documents }, (_, i) => documentRecords(`d${i}`, { counters: 0, credential }))
  await wallet.access.vault.commit(records.flat())
  let file = new Uint8Array()
  const saving = await timed(async () => (file = (await saveBackup(wallet, words.join(' '))) as typeof file))
  yield row('10,000 documents into a backup', 's', saving / 1_000)
  yield row('that backup', 'MiB', file.length / 2 ** 20)

  const fresh = new Device().start()
  const restoring = await timed(async () => {
    const ended = await codeOf(fresh.ask['backup.restore']({ id: await feedBackup(fresh, file), passphrase }))
    if (ended !== 'done' || fresh.access.vault.all('documents').size !== documents) throw new Error(ended)
  })
  yield row('10,000 documents out of a backup', 's', restoring / 1_000, 30)
}

function row(name: string, unit: string, ours: number, limit?: number): Row {
  return makeRow({ bench: 'vault', row: name, unit, better: 'less', ours, ...(limit === undefined ? {} : { limit }) })
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now()
  await work()
  return performance.now() - before
}
