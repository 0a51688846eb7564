
# The words up to the cursor go into $line, the one at the cursor into $word, and what bash takes to
# stand before that one into $cut: it ends words at '=' and ':', too.
_smbtriage_read() {
	local i part glue=''
	line=()
	for ((i = 1; i <= COMP_CWORD; i++)); do
		part=${COMP_WORDS[i]}
		if [[ ${#line[@]} -gt 0 && $part && $part != *[^=:]* ]]; then
			line[${#line[@]} - 1]+=$part
			glue=yes cut=${line[${#line[@]} - 1]}
		elif [[ $glue ]]; then
			line[${#line[@]} - 1]+=$part
			glue=''
		else
			line+=("$part")
			cut=''
		fi
	done
	word=${line[${#line[@]} - 1]}
	unset 'line[${#line[@]} - 1]'
}

# Finds the command, the option that waits for its value, and how many operands there are.
_smbtriage_parse() {
	local part
	for part in "${line[@]}"; do
		if [[ $option ]]; then
			option=''
		elif [[ ! $only_operands && $part == -- ]]; then
			only_operands=yes
		elif [[ ! $only_operands && $part == -?* ]]; then
			! _smbtriage_takes "$part" || option=$part
		elif ((operands++ == 0)) && _smbtriage_is_command "$part"; then
			command=$part
		fi
	done
}

# Adds the files, or the folders, that begin with $word, which may be quoted.
_smbtriage_paths() {
	local path plain=${word#[\'\"]}
	compopt -o filenames 2>/dev/null
	while IFS= read -r path; do
		COMPREPLY+=("$head$path")
	done < <(compgen "$1" -- "${plain//\\/}")
}

_smbtriage() {
	local -a line=() words=()
	local word='' cut='' option='' command='' only_operands='' operands=0 kind='' head='' i
	COMPREPLY=()
	_smbtriage_read
	_smbtriage_parse
	if [[ ! $option && ! $only_operands && $word == --*=* ]]; then
		option=${word%%=*} head=${word%%=*}= word=${word#*=}
	fi
	if [[ $option ]]; then
		_smbtriage_value "$option"
	elif [[ ! $only_operands && $word == -* ]]; then
		_smbtriage_options
	else
		_smbtriage_operand
	fi
	if [[ $kind == format && $word == *=* ]]; then
		head+=${word%%=*}= word=${word#*=} kind=file words=()
	fi
	for i in "${words[@]}"; do
		[[ $i != "$word"* ]] || COMPREPLY+=("$head$i")
	done
	case $kind in
	file) _smbtriage_paths -f ;;
	folder) _smbtriage_paths -d ;;
	esac
	for i in "${!COMPREPLY[@]}"; do
		COMPREPLY[i]=${COMPREPLY[i]#"$cut"}
	done
}

complete -o bashdefault -F _smbtriage smbtriage
