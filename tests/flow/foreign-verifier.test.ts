import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatPolicy } from '@fujie/shared/core/trust/policy.ts'
import { demoKey, publicPart } from '../../scripts/workbench/identities.ts'
import { CliWallet } from '../fixtures/cli-wallet.ts'
import { needs } from '../house/needs.ts'
import { startForeignVerifier, type Asked } from './foreign-verifier.ts'
import { makeOffer, startRoles, type Roles } from './roles.ts'

describe.skipIf(!needs('oracles'))('a verifier made of the libraries of others', () => {
  let roles: Roles
  let wallet: CliWallet
  beforeAll(async () => {
    roles = await startRoles()
    const settings = { registry: roles.registry, relay: roles.hotel, policy: formatPolicy(roles.policy) }
    wallet = await CliWallet.open({ ...settings, insecureLoopback: true })
    await wallet.json('init', '--config', wallet.config, '--insecure-loopback', '--demo')
    const { link, txCode } = await makeOffer(roles, 'wang')
    await wallet.json('receive', link, '--tx-code', txCode)
  }, 60_000)
  afterAll(async () => {
    await wallet?.close()
    await roles?.stop()
  })

  const card = (...claims: readonly (readonly string[])[]): Asked => ({
    vct: 'urn:fujie:cn:resident-id.counter:1',
    claims: claims.map((path) => ({ path })),
    issuerKey: { ...publicPart(demoKey('police/k1')) },
  })

  it('accepts what the command line presents: one claim, bound to it, under the agency’s key and a live status list', async () => {
    const verifier = await startForeignVerifier(card(['age_equal_or_over', '18']))
    try {
      const presented = await wallet.json('present', verifier.link, '--yes', '--acknowledge', 'understand')
      expect(presented).toMatchObject({ code: 0, value: { outcome: 'sent', request: { header: 'known' } } })
      const { claims, keyBound } = await verifier.answered
      expect(keyBound).toBe(true)
      expect(claims).toMatchObject({ vct: 'urn:fujie:cn:resident-id.counter:1', age_equal_or_over: { 18: true } })
      expect(JSON.stringify(claims)).not.toMatch(/王小明|519999199003070013|birthdate/)
    } finally {
      await verifier.stop()
    }
  })

  it('is refused the number of a person, whom nobody vouches for, and anything without the word', async () => {
    const curious = await startForeignVerifier(card(['basic']))
    const plain = await startForeignVerifier(card(['age_equal_or_over', '18']))
    try {
      expect(await wallet.json('present', curious.link, '--yes', '--acknowledge', 'understand')).toMatchObject({
        code: 1,
        value: { outcome: 'declined', request: { blocked: 'unverified' } },
      })
      expect(await wallet.json('present', plain.link, '--yes')).toEqual({
        code: 2,
        value: { fault: 'consent.declined' },
      })
    } finally {
      await curious.stop()
      await plain.stop()
    }
  })
})
