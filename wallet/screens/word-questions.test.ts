import fc from 'fast-check'
import { expect, test } from 'vitest'
import { askThree } from './word-questions.ts'

/** Numbers from a list, over and over. */
function cycle(numbers: readonly number[]): () => number {
  let at = 0
  return () => numbers[at++ % numbers.length] ?? 0
}

test('it asks three different places with the right word among four different ones', () => {
  const lists = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 24, maxLength: 24 })
  const chances = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 5, maxLength: 40 })
  fc.assert(
    fc.property(lists, chances, (words, numbers) => {
      const questions = askThree(words, cycle(numbers))
      expect(new Set(questions.map(({ at }) => at)).size).toBe(3)
      for (const { at, options } of questions) {
        expect(options).toContain(words[at])
        expect(new Set(options).size).toBe(4)
      }
    }),
  )
})

test('it never offers a word twice when the phrase repeats one', () => {
  const words = Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? '竹' : `词${i}`))
  for (const { options } of askThree(words, cycle([0.9, 0.1, 0.5, 0.3, 0.7]))) {
    expect(new Set(options).size).toBe(options.length)
  }
})
