
# Formats, each perhaps with the file that it goes to: NAME=FILE.
_smbtriage_format() {
	local -a words=("$@")
	if compset -P '*='; then
		_files
	else
		_describe -t formats format words
	fi
}

# The first operand may name the command.
_smbtriage_first() {
	_alternative 'commands:command:_smbtriage_command' 'files:capture:_files'
}

_smbtriage() {
	local command= only_operands= is_first=yes
	local -a specs operand
	integer i
	for ((i = 2; i < CURRENT; i++)); do
		if [[ -z $only_operands && $words[i] == -- ]]; then
			only_operands=yes
		elif [[ -z $only_operands && $words[i] == -?* ]]; then
			! _smbtriage_takes $words[i] || ((i++))
		else
			is_first=
			! _smbtriage_is_command $words[i] || command=$words[i]
			break
		fi
	done
	_smbtriage_specs
	[[ -z $is_first ]] || operand=('*:capture:_smbtriage_first')
	_arguments -s -S : $specs $operand
}

# Run while zsh looks for it, or read by a .zshrc.
if [[ $funcstack[1] == _smbtriage ]]; then
	_smbtriage "$@"
else
	compdef _smbtriage smbtriage
fi
