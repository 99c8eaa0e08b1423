/** One word asked for by its place, among others of the same list. */
export interface WordQuestion {
  /** From 0. */
  readonly at: number
  /** Four different words in no order, the right one among them. */
  readonly options: readonly string[]
}

/** Three questions about different places, in the order of the list. `chance` gives numbers from 0 up to 1. */
export function askThree(words: readonly string[], chance: () => number): readonly WordQuestion[] {
  return shuffled(
    words.map((_, at) => at),
    chance,
  )
    .slice(0, 3)
    .toSorted((a, b) => a - b)
    .map((at) => ({ at, options: optionsFor(at, words, chance) }))
}

function optionsFor(at: number, words: readonly string[], chance: () => number): readonly string[] {
  const right = words[at] ?? ''
  const others = [...new Set(words)].filter((word) => word !== right)
  return shuffled([right, ...shuffled(others, chance).slice(0, 3)], chance)
}

function shuffled<T>(list: readonly T[], chance: () => number): readonly T[] {
  return list
    .map((each) => ({ each, key: chance() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ each }) => each)
}
