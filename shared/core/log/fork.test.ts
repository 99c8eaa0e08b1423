import { expect, it } from 'vitest'
import { concatBytes, uintBytes, utf8 } from '../encoding/bytes.ts'
import { limits } from '../limits.ts'
import { formatFork, parseFork } from './fork.ts'

const [known, seen] = [utf8('known'), utf8('seen')]

it('keeps two notes, each as it was', () => {
  expect(formatFork(known, seen)).toEqual(concatBytes(uintBytes(5, 4), known, seen))
  expect(parseFork(formatFork(known, seen))).toEqual([known, seen])
  expect(parseFork(concatBytes(new Uint8Array(3), formatFork(known, seen)).subarray(3))).toEqual([known, seen])
})

it.each<[string, Uint8Array]>([
  ['nothing', new Uint8Array()],
  ['half a length', new Uint8Array(3)],
  ['a length alone', new Uint8Array(4)],
  ['one note', formatFork(known, new Uint8Array())],
  ['less than it says', concatBytes(uintBytes(6, 4), known)],
])('are no two notes: %s', (_what, bytes) => {
  expect(parseFork(bytes)).toBeUndefined()
})

it('are no larger than two notes can be', () => {
  const note = new Uint8Array(limits.checkpoint)
  expect(parseFork(formatFork(note, note))).toEqual([note, note])
  expect(parseFork(formatFork(note, concatBytes(note, Uint8Array.of(1))))).toBeUndefined()
})
