import { describe, expect, it } from 'vitest'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import { leastBits, passphraseBits } from './passphrase-strength.ts'
import { entropyOfWords, proposePassphrase, wordsOf } from './recovery-words.ts'

describe('recovery words', () => {
  const entropy = Uint8Array.from({ length: 32 }, (_, i) => i * 7)

  it('are 24 in either language and give the same entropy back', () => {
    for (const language of ['zh-CN', 'en'] as const) {
      const words = wordsOf(entropy, language)
      expect(words).toHaveLength(24)
      expect(entropyOfWords(`  ${words.join('  ')} `)).toEqual(entropy)
    }
    expect(entropyOfWords(wordsOf(entropy, 'zh-CN').join(''))).toEqual(entropy)
    expect(entropyOfWords(wordsOf(entropy, 'en').join(' ').toUpperCase())).toEqual(entropy)
  })

  it('refuses a wrong word, a missing one and twelve words', () => {
    const words = wordsOf(entropy, 'en')
    const twelve = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about'
    for (const text of [[...words.slice(0, 23), 'zoo'].join(' '), words.slice(1).join(' '), twelve, '']) {
      expect(() => entropyOfWords(text)).toThrowError('vault.wrong_passphrase')
    }
  })
})

describe('passphrase strength', () => {
  it('accepts six words of either list', () => {
    for (const language of ['zh-CN', 'en'] as const) {
      for (let i = 0; i < 50; i++) {
        expect(passphraseBits(proposePassphrase(systemRandom, language))).toBeGreaterThanOrEqual(leastBits)
      }
    }
  })

  it('refuses what everybody tries', () => {
    const weak = [
      'password123',
      '12345678901234567890',
      'qwertyuiopasdfghjkl',
      'aaaaaaaaaaaaaaaaaaaa',
      'woaini5201314',
      '19900307',
      '519999199003070013',
      'Fujie2026!',
      'zoo zoo zoo zoo zoo zoo',
      'abcdefghijklmnop',
      'P@ssw0rd1',
    ]
    for (const passphrase of weak) expect(passphraseBits(passphrase), passphrase).toBeLessThan(leastBits)
  })

  it('accepts long sentences nobody else writes', () => {
    for (const passphrase of ['去年三月在竹里等一场没有来的雪', 'h7#Kq9!vXz2$mP', 'nine crooked herons guard it']) {
      expect(passphraseBits(passphrase), passphrase).toBeGreaterThanOrEqual(leastBits)
    }
  })
})
