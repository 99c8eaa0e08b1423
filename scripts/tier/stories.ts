import { existsSync, readFileSync } from 'node:fs'

/** How a story went. */
export interface StoryResult {
  readonly story: number
  readonly ok: boolean
  readonly ms: number
}

/** A line a journey test wrote; `variant` names a repetition, such as the same story in English. */
interface Line extends StoryResult {
  readonly variant?: string
}

/** One result a story: it passed if every repetition did; the time is that of the plain one. */
export function readStories(file: string, only: string | undefined): StoryResult[] {
  const lines = existsSync(file) ? parseLines(readFileSync(file, 'utf8')) : []
  const asked = only === undefined ? lines.map(({ story }) => story) : only.split(',').map(Number)
  return [...new Set(asked)]
    .toSorted((a, b) => a - b)
    .map((story) =>
      gatherStory(
        story,
        lines.filter((line) => line.story === story),
      ),
    )
}

/** A story that left no line did not end. */
function gatherStory(story: number, lines: readonly Line[]): StoryResult {
  const plain = lines.find(({ variant }) => variant === undefined) ?? lines[0]
  return { story, ok: lines.length > 0 && lines.every(({ ok }) => ok), ms: Math.round(plain?.ms ?? 0) }
}

function parseLines(text: string): Line[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as Line)
}
