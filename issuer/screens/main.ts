import '@fujie/shared/ui/jitless.ts'
import '@fujie/shared/ui/theme.css'
import { startConsole } from '@fujie/shared/ui/start-console.ts'
import Console from './Console.svelte'

await startConsole(Console)
