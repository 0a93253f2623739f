// The program `kafkasim`.

import process from 'node:process'
import { main } from './command-line.ts'
import { nodeIo } from './node-io.ts'

process.exitCode = await main(process.argv.slice(2), nodeIo())
