// A thread that signs what it is asked for: SigningOrder in, the texts out.
import { parentPort } from 'node:worker_threads'
import { createRecord, holderKeys, type SigningOrder } from './registry-records.ts'

/** More than anyone keeps at hand: each holder's key is met as if for the first time. */
const keys = holderKeys(4_096)

parentPort?.on('message', ({ log, from, count }: SigningOrder) => {
  const texts = Array.from({ length: count }, (_, i) => createRecord(log, keys, from + i))
  parentPort?.postMessage({ from, texts })
})
