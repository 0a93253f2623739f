// The program `kafkasim`.

import process from 'node:process'
import { main } from './command-line.ts'
import { nodeIo } from './node-io.ts'
import { inlineMore } from './v8-settings.ts'

inlineMore()
process.exitCode = await main(process.argv.slice(2), nodeIo())
