import type { TestModule } from 'vitest/node'

/** What tests of crashes leave in their meta, a line each: how often, what it came to, and whether the control failed. */
export function crashLines(modules: readonly TestModule[]): readonly object[] {
  return modules
    .flatMap((module) => [...module.children.allTests()])
    .flatMap((test) => {
      const { crash } = test.meta() as { readonly crash?: object }
      return crash === undefined ? [] : [crash]
    })
}
