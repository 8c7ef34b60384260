#!/usr/bin/perl
# Cuts the functions out of source files, with the comment above each.
#
#   cd FOLDER && find . -type f | cut-functions.pl [PREFIX]
#
# Prints rows in the text format of PostgreSQL's COPY: pattern id, name, language, path, source, number of lines, code.
# Paths are relative to the folder, behind PREFIX. Needs no more than the perl-base package, which every Debian has.
use strict;
use warnings;

use constant { FEWEST_LINES => 4, MOST_LINES => 80, MOST_COMMENT_LINES => 15 };

my %language_of = (
    swift => 'swift', c => 'c', h => 'c', cc => 'cpp', cpp => 'cpp', pl => 'perl', pm => 'perl', py => 'python', sh => 'shell',
);

# How a function begins: its indentation, then its name.
my $c_head = qr/^()(?!(?:else|enum|extern|if|namespace|return|static_assert|struct|switch|typedef|union|using|while)\b)
                [A-Za-z_][\w\s*&:<>,]*?\b(~?[A-Za-z_]\w*)\s*\(/x;
my %head = (
    swift  => qr/^(\s*)(?:@\w+(?:\([^)]*\))?\s+)*(?:[a-z]+\s+)*func\s+(\w+)/,
    c      => $c_head,
    cpp    => $c_head,
    perl   => qr/^()sub\s+(\w+)/,
    python => qr/^(\s*)(?:async\s+)?def\s+(\w+)/,
    shell  => qr/^()(?:function\s+)?([A-Za-z_]\w*)\s*\(\)/,
);

# What may stand right above a function and belongs to it.
my %comment = (
    swift => qr{^\s*(?:///?|@\w)},
    c     => qr{^(?://|/\*|\s\*)},
    cpp   => qr{^(?://|/\*|\s\*|template\b)},
    map { $_ => qr/^\s*[#@](?!!)/ } qw(perl python shell),
);

my $prefix = shift // '';
while (my $path = <STDIN>) {
    chomp $path;
    my ($suffix) = $path =~ /\.(\w+)$/ or next;
    my $language = $language_of{$suffix} or next;
    cut($path, $language);
}

sub cut {
    my ($path, $language) = @_;
    open my $file, '<:raw', $path or return;
    my @lines = map { s/[\r\n]+$//r } <$file>;
    my $shown = $prefix . $path =~ s{^\./}{}r;
    my (%seen, $next);
    for (my $start = 0; $start < @lines; $start = $next) {
        $next = $start + 1;
        my ($indent, $name) = $lines[$start] =~ $head{$language} or next;
        my $end = $language eq 'python' ? end_by_indentation(\@lines, $start, $indent) : end_by_brace(\@lines, $start, $indent);
        next if !defined $end;
        $next = $end + 1;
        my $count = $end - $start + 1;
        next if $count < FEWEST_LINES || $count > MOST_LINES;
        my $first = first_of_comment(\@lines, $start, $comment{$language});
        # Functions of one name in one file are told apart by their order.
        my $id = "$shown#$name" . ($seen{$name}++ ? "~$seen{$name}" : '');
        print_row($id, $name, $language, $shown, $shown =~ m{^([^/]+)}, $count, join("\n", @lines[$first .. $end]));
    }
}

# The line with the closing brace, found by its indentation: undefined where the code is not laid out like that, and
# where there is only a declaration.
sub end_by_brace {
    my ($lines, $start, $indent) = @_;
    return if $lines->[$start] =~ /[;}]\s*$/;
    for my $index ($start + 1 .. $#$lines) {
        my $line = $lines->[$index];
        return $index if $line =~ /^\Q$indent\E\}/;
        return if $line !~ /^(?:\s*$|\Q$indent\E[\s{)#])/;
    }
    return;
}

# The last line that is indented deeper than the first.
sub end_by_indentation {
    my ($lines, $start, $indent) = @_;
    my $end = $start;
    for my $index ($start + 1 .. $#$lines) {
        next if $lines->[$index] =~ /^\s*$/;
        last if $lines->[$index] !~ /^\Q$indent\E[\s)]/;
        $end = $index;
    }
    return $end;
}

sub first_of_comment {
    my ($lines, $start, $comment) = @_;
    my $first = $start;
    while ($first > 0 && $start - $first < MOST_COMMENT_LINES && $lines->[$first - 1] =~ $comment) { $first-- }
    return $first;
}

sub print_row {
    my %escape = ("\\" => "\\\\", "\t" => "\\t", "\n" => "\\n", "\r" => "\\r");
    print join("\t", map { s/([\\\t\n\r])/$escape{$1}/gr } map { without_invalid_bytes($_) } @_), "\n";
}

# PostgreSQL takes well-formed UTF-8 without NUL only.
sub without_invalid_bytes {
    my ($text) = @_;
    $text =~ s{([\x01-\x7F]+
              |[\xC2-\xDF][\x80-\xBF]
              |\xE0[\xA0-\xBF][\x80-\xBF]
              |[\xE1-\xEC\xEE\xEF][\x80-\xBF]{2}
              |\xED[\x80-\x9F][\x80-\xBF]
              |\xF0[\x90-\xBF][\x80-\xBF]{2}
              |[\xF1-\xF3][\x80-\xBF]{3}
              |\xF4[\x80-\x8F][\x80-\xBF]{2})
              |.}{$1 // ''}gsex;
    return $text;
}
