import { describe, expect, it } from 'vitest'
import { derivePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { formatCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import {
  formatCosignature,
  formatNote,
  formatVerifierKey,
  noteMessage,
  noteTypes,
  verifierKey,
} from '@fujie/shared/core/log/note.ts'
import { cosignersOf } from './cosigners.ts'

const text = formatCheckpoint({ origin: 'log.test', size: 4, root: new Uint8Array(32) })
const signer = (name: string) => signerOfJwk(derivePrivateJwk('cosigners', name, 'Ed25519'))
const keyOf = (name: string) => verifierKey(`${name}.test`, noteTypes.cosignature, signer(name).publicJwk)

async function line(name: string, time: number, over = text) {
  const signature = await signer(name).sign(noteMessage(over, noteTypes.cosignature, time))
  return { name: `${name}.test`, keyId: keyOf(name).keyId, signature: formatCosignature(time, signature) }
}

function policy(quorum: string) {
  const witnesses = ['a', 'b'].map(
    (name) => `witness ${name} ${formatVerifierKey(keyOf(name))} https://${name}.test/\n`,
  )
  return `${witnesses.join('')}group all all a b\nquorum ${quorum}\n`
}

describe('the cosigners of a checkpoint', () => {
  it('are those of the policy, with the time of who signed', async () => {
    const note = formatNote({ text, signatures: [await line('a', 100)] })
    expect(await cosignersOf({ trust: policy('a'), note })).toEqual({
      all: [{ name: 'a.test', time: 100 }, { name: 'b.test' }],
      isMet: true,
    })
  })

  it('are too few where the quorum is not met', async () => {
    const note = formatNote({ text, signatures: [await line('a', 100)] })
    expect((await cosignersOf({ trust: policy('all'), note })).isMet).toBe(false)
  })

  it('are none by a signature over something else', async () => {
    const note = formatNote({ text, signatures: [await line('a', 100, 'other\n')] })
    expect(await cosignersOf({ trust: policy('a'), note })).toMatchObject({
      all: [{ name: 'a.test' }, {}],
      isMet: false,
    })
  })
})
