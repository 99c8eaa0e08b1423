import { fileNameOf, sets, type HostileCase, type SetName } from '../../tests/hostile/case.ts'
import { makeBase } from './base.ts'
import { makeDidCases } from './did.ts'
import { makeJoseCases } from './jose.ts'
import { makeQrCases } from './qr.ts'
import { makeRegistryCases } from './registry.ts'
import { makeSdJwtCases } from './sdjwt.ts'
import { Stage } from './stage.ts'
import { makeStatusCases } from './status.ts'
import { makeVpCases } from './vp.ts'

/** The makers of the sets. */
const makers: Partial<Readonly<Record<SetName, (stage: Stage) => Promise<readonly HostileCase[]>>>> = {
  sdjwt: makeSdJwtCases,
  jose: makeJoseCases,
  did: makeDidCases,
  vp: makeVpCases,
  status: makeStatusCases,
  qr: makeQrCases,
  registry: makeRegistryCases,
}

export interface Corpus {
  /** Texts by file, under `tests/hostile`. */
  readonly files: ReadonlyMap<string, string>
  readonly counts: ReadonlyMap<SetName, number>
}

/** Makes every case and every shared fixture from fixed keys: the same bytes each time. */
export async function makeCorpus(): Promise<Corpus> {
  const files = new Map<string, string>()
  const counts = new Map<SetName, number>()
  const stage = await Stage.open()
  const put = (name: string, value: object) => {
    if (files.has(name)) throw new Error(`two cases are called ${name}`)
    files.set(name, `${JSON.stringify(value, null, 2)}\n`)
  }
  for (const [name, value] of await makeBase(stage)) put(`base/${name}.json`, value as object)
  for (const set of Object.keys(sets) as SetName[]) {
    const cases = (await makers[set]?.(stage)) ?? []
    for (const each of cases) put(`${set}/${fileNameOf(each)}`, each)
    counts.set(set, cases.length)
  }
  return { files, counts }
}
