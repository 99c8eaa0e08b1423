import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { faultCode } from '../fault.ts'
import type { Json } from '../encoding/json.ts'
import {
  confirmationType,
  formatTransactionData,
  parseTransactionData,
  transactionDataHash,
} from './transaction-data.ts'

const ids = ['guest', 'payer']
const good = {
  type: confirmationType,
  credential_ids: ['guest'],
  action: 'Open the door',
  lines: [{ label: 'Room', value: '8' }],
}
const textOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function outcome(value: unknown): string {
  try {
    parseTransactionData(value as Json, ids)
    return 'accepted'
  } catch (thrown) {
    return faultCode(thrown)
  }
}

const changed = (members: object) => outcome([textOf({ ...good, ...members })])
const lines = (count: number) => Array.from({ length: count }, () => ({ label: 'a', value: 'b' }))

describe('parseTransactionData', () => {
  it('keeps what is to be shown, and the text as it came', () => {
    const terms = { credentialIds: ['payer', 'guest'], action: 'Pay', lines: [{ label: 'Sum', value: '' }] }
    const text = formatTransactionData(terms)
    expect(parseTransactionData([text], ids)).toEqual([{ text, ...terms }])
    expect(JSON.parse(Buffer.from(text, 'base64url').toString())).toEqual({
      type: 'urn:fujie:tx:confirm:1',
      credential_ids: ['payer', 'guest'],
      action: 'Pay',
      lines: [{ label: 'Sum', value: '' }],
    })
  })

  it.each<[string, object]>([
    ['another type', { type: 'urn:fujie:tx:confirm:2' }],
    ['no type', { type: undefined }],
    ['a member nobody shows', { note: 'small print' }],
    ['no credentials', { credential_ids: undefined }],
    ['an empty list of credentials', { credential_ids: [] }],
    ['credentials that are no list', { credential_ids: 'guest' }],
    ['a credential that is not asked for', { credential_ids: ['other'] }],
    ['one that is asked for and one that is not', { credential_ids: ['guest', 'other'] }],
    ['a credential that is no text', { credential_ids: [1] }],
    ['no action', { action: undefined }],
    ['an empty action', { action: '' }],
    ['an action that is no text', { action: 1 }],
    ['no lines', { lines: undefined }],
    ['lines that are no list', { lines: {} }],
    ['a line that is no object', { lines: ['Room 8'] }],
    ['a line that is nothing', { lines: [null] }],
    ['a line without a value', { lines: [{ label: 'Room' }] }],
    ['a line with more than is shown', { lines: [{ label: 'Room', value: '8', hint: 'x' }] }],
    ['a line with other members', { lines: [{ name: 'Room', value: '8' }] }],
    ['a label that is no text', { lines: [{ label: 1, value: '8' }] }],
    ['a value that is no text', { lines: [{ label: 'Room', value: 8 }] }],
    ['17 lines', { lines: lines(17) }],
    ['another hash alone', { transaction_data_hashes_alg: ['sha-512'] }],
    ['hashes that are no list', { transaction_data_hashes_alg: 'sha-256' }],
    ['no hash', { transaction_data_hashes_alg: [] }],
  ])('refuses %s', (_, members) => {
    expect(changed(members)).toBe('transaction_data.invalid')
  })

  it.each<[string, object]>([
    ['nothing else', {}],
    ['both credentials', { credential_ids: ids }],
    ['16 lines', { lines: lines(16) }],
    ['no line', { lines: [] }],
    ['a line whose members stand otherwise', { lines: [{ value: '8', label: 'Room' }] }],
    ['our hash beside another', { transaction_data_hashes_alg: ['sha-512', 'sha-256'] }],
  ])('accepts %s', (_, members) => {
    expect(changed(members)).toBe('accepted')
  })

  it.each<[string, unknown]>([
    ['no list', textOf(good)],
    ['an empty list', []],
    ['an entry that is no text', [good]],
    ['an entry that is no base64url', ['%']],
    ['an entry that is padded', [`${textOf({ ...good, action: 'aa' })}=`]],
    ['an entry that is no JSON', [Buffer.from('{').toString('base64url')]],
    ['an entry that is a list', [textOf([good])]],
    ['an entry that is null', [textOf(null)]],
    ['a good one and one that is none', [textOf(good), textOf({})]],
  ])('refuses %s', (_, value) => {
    expect(outcome(value)).toBe('transaction_data.invalid')
  })

  it('reads four, and no fifth', () => {
    expect(outcome(Array.from({ length: 4 }, () => textOf(good)))).toBe('accepted')
    expect(outcome(Array.from({ length: 5 }, () => textOf(good)))).toBe('limit.exceeded')
  })
})

describe('the hash of transaction data', () => {
  it('is over the text as it came, not over what it says', () => {
    const text = textOf(good)
    expect(transactionDataHash({ text })).toBe(createHash('sha256').update(text).digest('base64url'))
    expect(transactionDataHash({ text: textOf({ ...good, action: 'x' }) })).not.toBe(transactionDataHash({ text }))
  })
})
