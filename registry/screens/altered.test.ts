import { describe, expect, it } from 'vitest'
import { derivePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import type { ProofBundle } from '@fujie/shared/core/log/bundle.ts'
import type { CreateOperation } from '@fujie/shared/core/record/operation.ts'
import { signRecord } from '@fujie/shared/ports/sign-record.ts'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { altered } from './altered.ts'
import { shortened, shownName } from './names.ts'

describe('one changed letter', () => {
  it('gives a record that still reads, with another fingerprint', async () => {
    const signer = signerOfJwk(derivePrivateJwk('altered', 'a', 'Ed25519'))
    const next = {
      threshold: 1,
      thumbprints: [thumbprint(signerOfJwk(derivePrivateJwk('altered', 'b', 'Ed25519')).publicJwk)],
    }
    const operation: CreateOperation = {
      ...{
        v: 1,
        kind: 'create',
        log: 'A'.repeat(43),
        class: 'organisation',
        keys: [signer.publicJwk],
        doc: { keys: [] },
      },
      next: { update: next, recovery: next },
    }
    const record = await signRecord(operation, [{ signer }])
    const bundle = { present: true, record } as unknown as ProofBundle
    const changed = altered(bundle)
    expect(changed.present && changed.record.text.length).toBe(record.text.length)
    expect(changed.present && changed.record.id).not.toBe(record.id)
  })
})

describe('a name in a list', () => {
  it('is taken apart by its kind', () => {
    expect(shownName({ ns: 'did', name: 'did:fujie:a' })).toEqual({ subject: 'did:fujie:a' })
    expect(shownName({ ns: 'acc', name: 'did:fujie:a did:key:b' })).toEqual({ by: 'did:fujie:a', subject: 'did:key:b' })
    expect(shownName({ ns: 'qry', name: 'did:fujie:a did:key:b age' })).toEqual({
      by: 'did:fujie:a',
      subject: 'did:key:b age',
    })
  })

  it('is shortened in its middle', () => {
    expect(shortened('did:fujie:ciqjt3ehpvkhrmp2uespqgjqt5notg6iidlwbvudngisulmbnmiipka age')).toBe(
      'did:fujie:ciqj…miipka age',
    )
  })
})
