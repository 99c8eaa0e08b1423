import type { Command } from '@fujie/shared/cli/command.ts'
import { replay } from './commands/replay.ts'
import { verify } from './commands/verify.ts'

export const commands: readonly Command[] = [verify, replay]
