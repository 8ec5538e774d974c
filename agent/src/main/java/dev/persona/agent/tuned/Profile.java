package dev.persona.agent.tuned;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A TuneD profile with all that it includes merged into it, as TuneD 2.20 merges: what is included comes first, and each
 * option is overridden by whoever includes it.
 *
 * @param summary its own, or that of what it includes
 * @param units in the order of their first mention, without {@code main} and {@code variables}
 * @param problems what is left out of {@code main} and {@code variables}
 */
record Profile(String name, String summary, List<ProfileUnit> units, Variables variables, List<NotImported> problems) {

    /** Where profiles lie; the earlier wins. */
    private static final List<String> FOLDERS =
            List.of("/etc/tuned/profiles", "/etc/tuned", "/usr/lib/tuned/profiles", "/usr/lib/tuned");

    private static final int MOST_FILES = 100;

    private static final Set<String> OF_MAIN = Set.of("summary", "description", "include");

    /**
     * Reads a profile.
     *
     * @param name as {@code tuned-adm list} has it
     * @throws ProfileException if it, or one that it includes, is not there or can't be read
     */
    static Profile read(String name, ProfileHost host) {
        Reader reader = new Reader(host);
        reader.load(name);
        return reader.profile(name);
    }

    private static final class Reader {
        private final ProfileHost host;
        private final Variables variables;
        private final Set<String> files = new LinkedHashSet<>();
        private final Map<String, ProfileUnit> units = new LinkedHashMap<>();
        private final List<NotImported> problems = new ArrayList<>();
        private String summary = "";

        Reader(ProfileHost host) {
            this.host = host;
            this.variables = new Variables(host);
        }

        void load(String name) {
            boolean optional = name.startsWith("-");
            String plain = optional ? name.substring(1) : name;
            if (!plain.matches("[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*")) {
                throw new ProfileException("`" + name + "` can't name a profile: letters, digits and . _ - can");
            }
            Optional<String> file = FOLDERS.stream()
                    .map(folder -> folder + "/" + plain + "/tuned.conf")
                    .filter(candidate -> host.file(candidate).isPresent())
                    .filter(candidate -> !files.contains(candidate))
                    .findFirst();
            if (file.isPresent()) {
                take(file.get(), host.file(file.get()).orElseThrow());
            } else if (!optional && files.stream().noneMatch(read -> read.endsWith("/" + plain + "/tuned.conf"))) {
                throw new ProfileException("there is no profile `" + plain + "` in " + String.join(", ", FOLDERS));
            }
        }

        private void take(String file, String text) {
            files.add(file);
            if (files.size() > MOST_FILES) {
                throw new ProfileException("`" + file + "` is one of more than " + MOST_FILES + " included profiles");
            }
            String folder = file.substring(0, file.lastIndexOf('/'));
            Map<String, Map<String, String>> sections =
                    IniText.parse(text.replace("${i:PROFILE_DIR}", folder), "", file);
            Map<String, String> main = sections.getOrDefault("main", Map.of());
            if (main.containsKey("include")) {
                for (String included : variables.expand(main.get("include")).split("\\s*[,;]\\s*")) {
                    load(included);
                }
            }
            summary = main.getOrDefault("summary", summary);
            main.forEach((option, value) -> {
                if (!OF_MAIN.contains(option)) {
                    problems.add(new NotImported("main", option, value, "it concerns TuneD itself"));
                }
            });
            sections.forEach((name, section) -> {
                if (!name.equals("main")) {
                    units.merge(name, ProfileUnit.of(name, section), (before, unused) -> before.overlaid(section));
                }
            });
        }

        Profile profile(String name) {
            Map<String, String> defined = Optional.ofNullable(units.remove("variables"))
                    .map(ProfileUnit::options)
                    .orElse(Map.of());
            defined.forEach((option, value) -> {
                if (option.equals("include")) {
                    included(value).forEach(this::define);
                } else {
                    define(option, value);
                }
            });
            variables
                    .failedAssertions()
                    .forEach(assertion -> problems.add(new NotImported(
                            "variables", "assertion", assertion, "the profile asserts what this host doesn't fulfil")));
            return new Profile(name, summary, new ArrayList<>(units.values()), variables, problems);
        }

        private void define(String option, String value) {
            variables.define(option, value);
            Variables.whyUnresolved(variables.value(option))
                    .ifPresent(why -> problems.add(new NotImported("variables", option, value, why)));
        }

        private Map<String, String> included(String file) {
            Optional<String> text = host.file(file);
            if (text.isEmpty()) {
                problems.add(new NotImported("variables", "include", file, "there is no such file"));
            }
            return text.map(read -> IniText.parse(read, "variables", file).getOrDefault("variables", Map.of()))
                    .orElse(Map.of());
        }
    }
}
