package dev.persona.agent.tuned;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The variables of a profile, and its built-in functions: <code>${name}</code> and <code>${f:name:argument}</code>, either
 * taken literally after a backslash.
 *
 * <p>What is not known, or would run a program, stays as it is written, and {@link #whyUnresolved} says why.
 */
final class Variables {
    private static final Pattern REFERENCE = Pattern.compile("(?<!\\\\)\\$\\{(\\w+)}");
    private static final Pattern UNRESOLVED = Pattern.compile("(?<!\\\\)\\$\\{(f:)?(\\w*)");

    private final ProfileHost host;
    private final Map<String, String> values = new HashMap<>();
    private final List<String> failedAssertions = new ArrayList<>();

    Variables(ProfileHost host) {
        this.host = host;
    }

    /** Defines a variable; those that its value refers to must be defined already. */
    void define(String name, String value) {
        values.put(name, expand(value));
    }

    /** The value of a variable as it was defined. */
    String value(String name) {
        return values.getOrDefault(name, "");
    }

    /** What the profile itself asserts and this host does not fulfil. */
    List<String> failedAssertions() {
        return List.copyOf(failedAssertions);
    }

    String expand(String text) {
        String referenced = REFERENCE
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(values.getOrDefault(match.group(1), match.group())));
        return functions(referenced.replaceAll("\\\\(\\$\\{\\w+})", "$1"));
    }

    /** Why a value still holds something that should have been expanded; empty if it does not. */
    static Optional<String> whyUnresolved(String expanded) {
        Matcher left = UNRESOLVED.matcher(expanded);
        String name = "";
        boolean function = false;
        while (left.find()) { // the innermost is to blame
            name = left.group(2);
            function = left.group(1) != null;
        }
        if (name.isEmpty()) {
            return Optional.empty();
        }
        if (!function) {
            return Optional.of("the variable `" + name + "` is not set");
        }
        return Optional.of(
                name.equals("exec")
                        ? "the function `exec` runs a program, which an import does not"
                        : "the function `" + name + "` is not known here, or can't take these arguments");
    }

    /** Innermost first, as TuneD does; what a function gives is not expanded again. */
    private String functions(String value) {
        record Opening(int at, boolean escaped) {}
        StringBuilder text = new StringBuilder(value);
        Deque<Opening> open = new ArrayDeque<>();
        boolean escaped = false;
        for (int at = 0; at < text.length(); at++) {
            if (text.charAt(at) == '}' && !open.isEmpty()) {
                Opening opening = open.pop();
                Optional<String> result = opening.escaped ? Optional.empty() : call(text.substring(opening.at, at));
                if (result.isPresent()) {
                    text.replace(opening.at, at + 1, result.get());
                    at = opening.at + result.get().length() - 1;
                }
            } else if (text.indexOf("${", at) == at) {
                open.push(new Opening(at, escaped));
            }
            escaped = at >= 0 && text.charAt(at) == '\\';
        }
        return text.toString();
    }

    private Optional<String> call(String written) {
        String[] parts = written.split("(?<!\\\\):", -1);
        if (parts.length < 2 || !parts[0].equals("${f")) {
            return Optional.empty();
        }
        List<String> arguments = Arrays.stream(parts)
                .skip(2)
                .map(part -> part.replace("\\:", ":"))
                .toList();
        if (arguments.stream().anyMatch(argument -> argument.contains("${f"))) {
            return Optional.empty(); // one within it was not worked out
        }
        try {
            return Optional.ofNullable(result(parts[1], arguments));
        } catch (IndexOutOfBoundsException | NumberFormatException | PatternSyntaxException badArguments) {
            return Optional.empty();
        }
    }

    private String result(String function, List<String> arguments) {
        String list = String.join(",", arguments);
        return switch (function) {
            case "cpulist_unpack" -> CpuLists.unpacked(CpuLists.parse(list));
            case "cpulist_pack" -> CpuLists.packed(CpuLists.parse(list));
            case "cpulist_invert" -> CpuLists.unpacked(inverted(list));
            case "cpulist_online" -> CpuLists.unpacked(common(list, host.onlineCpus()));
            case "cpulist_present" -> CpuLists.unpacked(common(list, host.presentCpus()));
            case "cpulist2hex" -> CpuLists.mask(CpuLists.parse(list));
            case "cpulist2hex_invert" -> CpuLists.mask(inverted(list));
            case "cpulist2devs" ->
                "cpu" + CpuLists.unpacked(CpuLists.parse(list)).replace(",", ",cpu");
            case "hex2cpulist" ->
                CpuLists.unpacked(
                        CpuLists.ofMask(new BigInteger(arguments.get(0).replaceAll("(?i)^0x|,", ""), 16)));
            case "calc_isolated_cores" -> isolatedCores(arguments);
            case "check_net_queue_count" ->
                arguments.get(0).matches("[0-9]+")
                        ? arguments.get(0)
                        : String.valueOf(host.onlineCpus().size());
            case "s2kb" -> String.valueOf(Math.round(Long.parseLong(arguments.get(0)) / 2.0));
            case "kb2s" -> String.valueOf(Long.parseLong(arguments.get(0)) * 2);
            case "strip" -> String.join("", arguments).strip();
            case "regex_search_ternary" ->
                Pattern.compile(arguments.get(1)).matcher(arguments.get(0)).find()
                        ? arguments.get(2)
                        : arguments.get(3);
            case "cpuinfo_check" -> cpuinfoCheck(arguments);
            case "virt_check" -> arguments.get(host.isVirtual() ? 0 : 1);
            case "assertion" -> asserted(arguments, arguments.get(1).equals(arguments.get(2)));
            case "assertion_non_equal" -> asserted(arguments, !arguments.get(1).equals(arguments.get(2)));
            default -> null;
        };
    }

    private SortedSet<Integer> inverted(String list) {
        SortedSet<Integer> rest = new TreeSet<>(host.onlineCpus());
        rest.removeAll(CpuLists.parse(list));
        return rest;
    }

    private static SortedSet<Integer> common(String list, SortedSet<Integer> cpus) {
        SortedSet<Integer> common = new TreeSet<>(CpuLists.parse(list));
        common.retainAll(cpus);
        return common;
    }

    /** All but the first so many of each socket. */
    private String isolatedCores(List<String> arguments) {
        int reserved = arguments.isEmpty() ? 1 : Integer.parseInt(arguments.get(0));
        SortedSet<Integer> isolated = new TreeSet<>();
        host.sockets().values().forEach(cpus -> cpus.stream().skip(reserved).forEach(isolated::add));
        return CpuLists.unpacked(isolated);
    }

    /** Pairs of an expression and a result, then what it is if none matches. */
    private String cpuinfoCheck(List<String> arguments) {
        String cpuinfo = host.file("/proc/cpuinfo").orElse("");
        for (int pair = 0; pair + 1 < arguments.size(); pair += 2) {
            if (Pattern.compile(arguments.get(pair), Pattern.MULTILINE)
                    .matcher(cpuinfo)
                    .find()) {
                return arguments.get(pair + 1);
            }
        }
        return arguments.size() % 2 == 1 ? arguments.get(arguments.size() - 1) : "";
    }

    private String asserted(List<String> arguments, boolean holds) {
        if (!holds) {
            failedAssertions.add(arguments.get(0));
        }
        return "";
    }
}
