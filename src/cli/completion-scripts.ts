// Scripts for shells. Each hands the words typed so far to `kafkasim completion --suggest` and shows what comes back; where
// nothing does, the shell completes files as it always does.

/** In the script's own language; ends with a line feed. */
export function completionScript(shell: 'bash' | 'zsh' | 'fish'): string {
  switch (shell) {
    case 'bash':
      return BASH
    case 'zsh':
      return ZSH
    case 'fish':
      return FISH
  }
}

const BASH = `# kafkasim: completion for bash
_kafkasim() {
  local IFS=$'\\n'
  COMPREPLY=($("\${COMP_WORDS[0]}" completion --suggest -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
  # Behind a folder, and behind a comma, there is more to come.
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == */ ]]; then compopt -o nospace; fi
}
complete -o default -F _kafkasim kafkasim
`

const ZSH = `# kafkasim: completion for zsh
_kafkasim() {
  local word says
  local -a words_found folders
  while IFS=$'\\t' read -r word says; do
    if [[ $word == */ ]]; then folders+=("$word"); else words_found+=("\${word//:/\\\\:}:$says"); fi
  done < <("\${words[1]}" completion --suggest -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( $#words_found + $#folders == 0 )); then _files; return; fi
  (( $#folders )) && compadd -S '' -- "\${folders[@]}"
  (( $#words_found )) && _describe 'kafkasim' words_found
}
compdef _kafkasim kafkasim
`

const FISH = `# kafkasim: completion for fish
function __kafkasim_suggest
    set -l typed (commandline -opc)
    $typed[1] completion --suggest -- $typed[2..-1] (commandline -ct) 2>/dev/null
end
function __kafkasim_knows
    test -n "$(__kafkasim_suggest)"
end
complete -c kafkasim -n __kafkasim_knows -f -a '(__kafkasim_suggest)'
`
