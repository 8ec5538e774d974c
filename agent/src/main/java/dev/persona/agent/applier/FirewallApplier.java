package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.HostFiles;
import dev.persona.agent.platform.HostRoot;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code security.firewall.profile}: the rules of one nftables table of our own, taken from a file that the host's owner
 * declared by name.
 *
 * <p>All other tables are left alone, so a profile can close what they leave open, never open what they close, and putting it
 * back can lose nothing of anybody else. nft(8) checks a profile first, and then puts it in force in one transaction.
 *
 * <p>The table's comment says which profile it is, and of which content. An empty chain named after the rules that the kernel
 * shows seals them: rules that somebody else has changed no longer match it. What sets hold is left out of that, for it
 * may change by itself.
 */
public final class FirewallApplier implements Applier {
    private static final String PARAMETER = "security.firewall.profile";
    private static final String TABLE = "table inet persona_agent";
    private static final String GONE = TABLE + "\ndelete " + TABLE + "\n";
    private static final Pattern SEAL = Pattern.compile("\\s*chain sealed_([0-9a-f]+) \\{\\s*}");
    private static final Pattern COMMENT = Pattern.compile("comment \"([^\"]*)\"");
    private static final int LIMIT_BYTES = 1024 * 1024;
    private static final int HASH_CHARACTERS = 16;

    private final HostFiles files;
    private final HostRoot root;
    private final Tool nft;
    private final Map<String, String> profiles;

    /** @param profiles path of each by its name */
    FirewallApplier(HostFiles files, HostRoot root, Tool nft, Map<String, String> profiles) {
        this.files = files;
        this.root = root;
        this.nft = nft;
        this.profiles = Map.copyOf(profiles);
    }

    @Override
    public boolean covers(String parameter) {
        return parameter.equals(PARAMETER);
    }

    @Override
    public Support support(String parameter) {
        return Support.unless(
                profiles.isEmpty()
                        ? Optional.of("no profile is declared, see `persona.agent.firewall.profile.<name>`")
                        : nft.whyMissing());
    }

    @Override
    public Snapshot read(String parameter) throws IOException {
        return exists()
                ? Snapshot.of(Content.of(nft.output("-s", "list", "table", "inet", "persona_agent") + "\n"))
                : Snapshot.absent();
    }

    @Override
    public void apply(String parameter, JsonNode value) throws IOException {
        String ruleset = GONE + TABLE + " {\n  comment \"" + mark(parameter, value) + "\"\n  include \""
                + file(value.textValue()) + "\"\n}\n";
        nft.output("-c", ruleset);
        nft.output(ruleset);
        nft.output("add", "chain", "inet", "persona_agent", "sealed_" + hash(rules()));
    }

    @Override
    public Verification verify(String parameter, JsonNode value) throws IOException {
        String wanted = mark(parameter, value);
        if (!exists()) {
            return new Verification(false, Optional.of("no profile"));
        }
        String rules = rules();
        Matcher seal = SEAL.matcher(rules);
        boolean unchanged = seal.find() && seal.group(1).equals(hash(rules));
        Matcher comment = COMMENT.matcher(rules);
        String mark = comment.find() ? comment.group(1) : "";
        String actual = unchanged ? mark : "`" + mark + "`, with rules that somebody else has changed";
        return new Verification(unchanged && mark.equals(wanted), Optional.of(actual));
    }

    @Override
    public void restore(String parameter, Snapshot original) throws IOException {
        if (original.content().isPresent() || exists()) {
            nft.output(GONE + original.content().flatMap(Content::text).orElse(""));
        }
    }

    /** Tables live in the kernel's memory only. */
    @Override
    public boolean isResetAtBoot(String parameter) {
        return true;
    }

    private boolean exists() throws IOException {
        return nft.output("list", "tables", "inet").lines().anyMatch(TABLE::equals);
    }

    /** The table without what changes by itself: counters and the elements of sets. */
    private String rules() throws IOException {
        return nft.output("-s", "-t", "list", "table", "inet", "persona_agent");
    }

    /** Which profile, and of which content; as in {@code lockdown 0123456789abcdef}. */
    private String mark(String parameter, JsonNode value) throws IOException {
        if (!value.isTextual() || !profiles.containsKey(value.textValue())) {
            throw new UnusableValueException(
                    parameter,
                    KernelFile.excerpt(value),
                    "one of the declared profiles `" + String.join("`, `", new TreeSet<>(profiles.keySet())) + "`");
        }
        String profile = value.textValue();
        Content content = files.read(file(profile), LIMIT_BYTES)
                .orElseThrow(() -> new IOException(
                        "`" + file(profile) + "` of `persona.agent.firewall.profile." + profile + "` does not exist"));
        return profile + " " + hash(content.shown());
    }

    private Path file(String profile) {
        return root.at(profiles.get(profile));
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(Content.of(SEAL.matcher(text)
                                    .replaceAll("")
                                    .replaceAll("\\s+", " ")
                                    .strip())
                            .bytes());
            return HexFormat.of().formatHex(digest).substring(0, HASH_CHARACTERS);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java has SHA-256
        }
    }
}
