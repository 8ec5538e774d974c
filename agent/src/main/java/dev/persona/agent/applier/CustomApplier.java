package dev.persona.agent.applier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.agent.platform.Content;
import dev.persona.agent.platform.HostConfig;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code custom.<name>}: a string, number or boolean behind commands that the host's owner declared. */
public final class CustomApplier implements Applier {
    private static final String VALUE = "{value}";
    private static final int LIMIT_CHARACTERS = 4096;

    private final Commands commands;
    private final Declared<HostConfig.CustomCommands> declared;

    public CustomApplier(Commands commands, Map<String, ? extends HostConfig.CustomCommands> declared) {
        this.commands = commands;
        this.declared = new Declared<>("custom.", "commands are", "apply", declared);
    }

    @Override
    public boolean covers(String parameter) {
        return declared.covers(parameter);
    }

    @Override
    public Support support(String parameter) {
        return declared.find(parameter).isPresent()
                ? new Support.Supported()
                : new Support.NotSupported(declared.undeclared(parameter));
    }

    @Override
    public Snapshot read(String parameter) throws IOException {
        HostConfig.CustomCommands custom = declared.of(parameter);
        String output = commands.succeed(custom.read(), custom.timeout()).output();
        if (output.length() > LIMIT_CHARACTERS) {
            throw new IOException(
                    "`" + custom.read().get(0) + "` printed more than " + LIMIT_CHARACTERS + " characters");
        }
        return Snapshot.of(Content.of(output));
    }

    @Override
    public void apply(String parameter, JsonNode value) throws IOException {
        apply(parameter, text(parameter, value));
    }

    private void apply(String parameter, String text) throws IOException {
        HostConfig.CustomCommands custom = declared.of(parameter);
        commands.succeed(with(text, custom.apply()), custom.timeout());
    }

    @Override
    public Verification verify(String parameter, JsonNode value) throws IOException {
        HostConfig.CustomCommands custom = declared.of(parameter);
        String wanted = text(parameter, value);
        String actual = read(parameter).shown().orElseThrow();
        boolean holds = custom.verify().isPresent()
                ? commands.run(with(wanted, custom.verify().get()), custom.timeout())
                                .exitCode()
                        == 0
                : same(wanted, actual);
        return new Verification(holds, Optional.of(actual));
    }

    @Override
    public void restore(String parameter, Snapshot original) throws IOException {
        apply(parameter, original.content().flatMap(Content::text).orElse(""));
    }

    @Override
    public boolean isResetAtBoot(String parameter) {
        return declared.find(parameter)
                .filter(HostConfig.CustomCommands::resetAtBoot)
                .isPresent();
    }

    /** A command that was interrupted may have done a part of its work only, whatever can be read. */
    @Override
    public boolean hasFurtherEffects(String parameter) {
        return true;
    }

    private static List<String> with(String value, List<String> arguments) {
        return arguments.stream()
                .map(argument -> argument.equals(VALUE) ? value : argument)
                .toList();
    }

    private static String text(String parameter, JsonNode value) throws UnusableValueException {
        String text = value.isNumber() ? KernelFile.scalar(parameter, value) : value.asText();
        if (!value.isValueNode() || value.isNull() || text.length() > LIMIT_CHARACTERS || text.indexOf('\0') >= 0) {
            throw new UnusableValueException(
                    parameter,
                    KernelFile.excerpt(value),
                    "a string of at most " + LIMIT_CHARACTERS + " characters, a number or a boolean");
        }
        return text;
    }

    private static boolean same(String wanted, String actual) {
        if (wanted.strip().equals(actual)) {
            return true;
        }
        try {
            return new BigDecimal(wanted.strip()).compareTo(new BigDecimal(actual)) == 0;
        } catch (NumberFormatException noNumber) {
            return false;
        }
    }
}
