import type { TestModule } from 'vitest/node'

interface Told {
  readonly refusedWithExpectedCode: boolean
  readonly twinAccepted: boolean
}

/** What the tests of the hostile corpus leave in their meta, as one line: all three figures have to be equal. */
export function hostileLines(modules: readonly TestModule[]): readonly object[] {
  const told = modules
    .flatMap((module) => [...module.children.allTests()])
    .flatMap((test) => (test.meta() as { readonly hostile?: Told }).hostile ?? [])
  if (told.length === 0) return []
  return [
    {
      cases: told.length,
      refusedWithExpectedCode: told.filter((each) => each.refusedWithExpectedCode).length,
      twinsAccepted: told.filter((each) => each.twinAccepted).length,
    },
  ]
}
