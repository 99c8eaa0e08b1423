import type { Command } from '@fujie/shared/cli/command.ts'
import { history, list, remove } from './commands/documents.ts'
import { init } from './commands/init.ts'
import { present, preview } from './commands/present.ts'
import { receive } from './commands/receive.ts'
import { serve } from './commands/serve.ts'

/** The wallet without a screen: for people at a terminal, and inside things. */
export const commands: readonly Command[] = [init, receive, preview, present, list, remove, history, serve]
