import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** Beside JSON lines: says on the error stream which tests failed, and nothing else. */
export const tellFailure: Reporter = {
  onTestModuleEnd(module: TestModule) {
    for (const test of module.children.allTests('failed')) {
      tell(`${module.relativeModuleId} > ${test.fullName}`, test.result().errors ?? [])
    }
    if (module.errors().length > 0) tell(module.relativeModuleId, module.errors())
  },
  onTestRunEnd(_modules, unhandled) {
    if (unhandled.length > 0) tell('outside any test', unhandled)
  },
}

function tell(where: string, errors: readonly SerializedError[]): void {
  console.error(`FAILED ${where}`)
  for (const error of errors) console.error(`  ${error.stack ?? error.message}`)
}
