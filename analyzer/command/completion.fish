
# The words before the cursor that are operands; what an option waits for is none.
function __smbtriage_operands
	set -l is_value no
	set -l only_operands no
	for word in (commandline -opc)[2..-1]
		if test $is_value = yes
			set is_value no
		else if test $only_operands = yes
			echo -- $word
		else if test "$word" = --
			set only_operands yes
		else if __smbtriage_takes $word
			set is_value yes
		else if not string match -q -- '-?*' $word
			echo -- $word
		end
	end
end

# Whether the command at hand is one of those named.
function __smbtriage_for
	set -l operands (__smbtriage_operands)
	set -l command $operands[1]
	__smbtriage_is_command $command; or set command (__smbtriage_default)
	contains -- $command $argv
end

function __smbtriage_is_first
	test (count (__smbtriage_operands)) -eq 0
end

# Whether the word at hand is the one after the command.
function __smbtriage_is_second
	test (count (__smbtriage_operands)) -eq 1
end

# Formats, each perhaps with the file that it goes to: NAME=FILE.
function __smbtriage_paths
	set -l word (string replace -r -- '^--[^=]*=' '' (commandline -ct))
	set -l parts (string split -m 1 -- = $word)
	if test (count $parts) -eq 2
		for path in (__fish_complete_path $parts[2])
			echo -- "$parts[1]=$path"
		end
	end
end
