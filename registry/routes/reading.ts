import type { App } from '@fujie/shared/server/app.ts'
import type { Reading } from '../log/registry.ts'
import { addBlobs } from './blobs.ts'
import { addCheckpoints } from './checkpoint.ts'
import { addExplorer } from './explorer.ts'
import { addLists } from './lists.ts'
import { addOperations } from './ops.ts'
import { addProofs } from './proof.ts'
import { addResolution } from './resolve.ts'
import { addTiles } from './tiles.ts'

/** All that may be asked of a log without changing it. */
export function addReading(app: App, reading: Reading): void {
  const routes = [addOperations, addProofs, addTiles, addCheckpoints, addLists, addBlobs, addResolution, addExplorer]
  for (const add of routes) add(app, reading)
}
