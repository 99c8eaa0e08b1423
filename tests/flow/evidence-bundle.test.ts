import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '@fujie/shared/cli/run.ts'
import { commands } from '@fujie/verifier/commands.ts'
import { Counter, makeOffer, startRoles, type Roles } from './roles.ts'

let roles: Roles
let folder: string
beforeAll(async () => {
  roles = await startRoles()
  folder = await mkdtemp(join(tmpdir(), 'fujie-bundle-'))
}, 30_000)
afterAll(async () => {
  await roles?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function replay(...argv: string[]) {
  let out = ''
  const code = await runCli(commands, ['replay', ...argv, '--json'], {
    out: (text) => (out += text),
    err: () => undefined,
    language: 'en',
  })
  return { code, said: JSON.parse(out) as Record<string, unknown> }
}

/** A guest shows a document at a counter; the clerk takes the evidence with them as a file. */
async function checkedAt(url: string, purpose: string): Promise<{ file: string; outcome: string | undefined }> {
  const engine = roles.wallet()
  await engine.wallet['vault.create']({ demo: true, language: 'zh-CN' })
  const offer = await makeOffer(roles, 'wang')
  const { id } = await engine.wallet['receive.open']({ text: offer.link })
  await engine.wallet['receive.accept']({ id, txCode: offer.txCode })
  const counter = await Counter.open(url, purpose)
  const { link } = await counter.news(({ state }) => state === 'waiting')
  const scanned = await engine.wallet['scan.open']({ text: link as string, source: 'camera' })
  if (scanned.kind !== 'request') throw new Error(JSON.stringify(scanned))
  await engine.consent['request.view']({ id: scanned.id })
  await engine.consent['request.approve']({ id: scanned.id, optional: [], chosen: {} })
  const { result } = await counter.news(({ state }) => state === 'judged' || state === 'failed')
  const file = join(folder, `${purpose}.jwt`)
  await writeFile(file, await counter.evidence())
  return { file, outcome: result?.outcome }
}

describe('the evidence of a check over the wire', () => {
  it.each(['hotel-check-in', 'age'])('replays after a check for %s, by the command line alone', async (purpose) => {
    const { file, outcome } = await checkedAt(purpose === 'age' ? roles.shop : roles.hotel, purpose)
    expect(outcome).toBe('accepted')
    const { code, said } = await replay(file)
    expect(said).toMatchObject({ same: true, stated: 'accepted', outcome: 'accepted', carried: [] })
    expect(code).toBe(0)
    const text = await readFile(file, 'utf8')
    const payload = Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()
    for (const hidden of ['王小明', '519999199003070013']) expect(payload).not.toContain(hidden)
  })

  it('is named with the first difference once a day has passed', async () => {
    const { file } = await checkedAt(roles.hotel, 'hotel-check-in')
    const { code, said } = await replay(file, '--at', '2100-01-01T00:00:00Z')
    expect(code).toBe(1)
    expect(said.same).toBe(false)
    expect(said.difference).toHaveProperty('found')
  })
})
