import '@fujie/shared/ui/jitless.ts'
import '@fujie/shared/ui/theme.css'
import { startConsole } from '@fujie/shared/ui/start-console.ts'
import Explorer from './Explorer.svelte'

await startConsole(Explorer)
