package dev.persona.agent.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.persona.agent.platform.DeclaredHost;
import dev.persona.agent.platform.HostConfig;
import dev.persona.agent.platform.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FileApplierTest extends ApplierContractTest {
    private final Map<String, HostConfig.ManagedFile> declared = new TreeMap<>();
    private final List<List<String>> ran = new ArrayList<>();
    private Commands commands = (arguments, timeout) -> {
        ran.add(arguments);
        return new Commands.Completion(0, "", "");
    };

    @Override
    void prepare() throws IOException {
        write("/etc/motd", "welcome\n");
        Files.setPosixFilePermissions(root.at("/etc/motd"), PosixFilePermissions.fromString("rw-r-----"));
        Files.createDirectories(root.at("/etc/folder"));
        Files.createSymbolicLink(root.at("/etc/link"), Path.of("motd"));
        declared.put("motd", DeclaredHost.File.at("/etc/motd"));
        declared.put("fresh", DeclaredHost.File.at("/etc/fresh"));
        declared.put("strict", DeclaredHost.File.at("/etc/strict").withMode("0600"));
        declared.put("folder", DeclaredHost.File.at("/etc/folder"));
        declared.put("link", DeclaredHost.File.at("/etc/link"));
        declared.put("homeless", DeclaredHost.File.at("/nowhere/file"));
    }

    @Override
    Applier applier() {
        return new FileApplier(files, root, commands, declared);
    }

    @Override
    List<Example> examples() {
        List<Object> unusable = List.of(1, true, List.of("x"), "x".repeat(FileApplier.LIMIT_BYTES + 1));
        return List.of(
                new Example("file.motd", List.of("", "other\n", "Grüße\r\n\0"), unusable),
                new Example("file.fresh", List.of("one", "two"), unusable),
                new Example("file.strict", List.of("one", "two"), unusable));
    }

    @Override
    List<String> lacking() {
        return List.of("file.unknown", "file.", "file.folder", "file.link", "file.homeless");
    }

    @Test
    void a_file_keeps_its_mode_and_a_new_one_gets_0644_unless_declared() throws IOException {
        for (String parameter : List.of("file.motd", "file.fresh", "file.strict")) {
            applier().apply(parameter, json("x"));
        }

        assertThat(mode("/etc/motd")).isEqualTo("rw-r-----");
        assertThat(mode("/etc/fresh")).isEqualTo("rw-r--r--");
        assertThat(mode("/etc/strict")).isEqualTo("rw-------");
    }

    @Test
    void another_mode_than_declared_is_drift() throws IOException {
        applier().apply("file.strict", json("x"));
        Files.setPosixFilePermissions(root.at("/etc/strict"), PosixFilePermissions.fromString("rw-rw-rw-"));

        assertThat(applier().verify("file.strict", json("x")).holds()).isFalse();
    }

    @Test
    void a_candidate_is_validated_before_it_takes_its_place_and_reloaded_after() throws IOException {
        declared.put(
                "motd",
                DeclaredHost.File.at("/etc/motd").validatedBy("check", "{file}").reloadedBy("reload", "--now"));

        applier().apply("file.motd", json("x"));

        assertThat(ran)
                .containsExactly(
                        List.of("check", root.at("/etc/.motd.persona-agent").toString()), List.of("reload", "--now"));
        assertThat(applier().hasFurtherEffects("file.motd")).isTrue();
        assertThat(applier().hasFurtherEffects("file.fresh")).isFalse();
    }

    @Test
    void a_refused_candidate_leaves_the_file_as_it_is_and_nothing_beside_it() throws IOException {
        declared.put("motd", DeclaredHost.File.at("/etc/motd").validatedBy("check", "{file}"));
        commands = (arguments, timeout) -> new Commands.Completion(2, "", "line 1: no greeting\n");
        Map<String, String> before = tree();

        assertThatThrownBy(() -> applier().apply("file.motd", json("x")))
                .hasMessage("`check` ended with exit code 2: line 1: no greeting");
        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void a_restored_file_is_reloaded_too() throws IOException {
        declared.put("motd", DeclaredHost.File.at("/etc/motd").reloadedBy("reload"));
        Snapshot original = applier().read("file.motd");
        applier().apply("file.motd", json("x"));
        ran.clear();

        applier().restore("file.motd", original);

        assertThat(ran).containsExactly(List.of("reload"));
        assertThat(mode("/etc/motd")).isEqualTo("rw-r-----");
    }

    @Test
    void an_owner_is_found_by_name_in_the_hosts_own_accounts() throws IOException {
        int own = files.own().uid();
        write("/etc/passwd", "root:x:0:0::/:/bin/sh\nme:x:" + own + ":0::/:/bin/sh\n");
        declared.put("motd", owned("me"));

        applier().apply("file.motd", json("x"));

        assertThat(applier().verify("file.motd", json("x")).holds()).isTrue();
        declared.put("motd", owned("nobody-here"));
        assertThatThrownBy(() -> applier().apply("file.motd", json("x")))
                .hasMessage("`nobody-here` is not in `" + root.at("/etc/passwd") + "`");
    }

    private static HostConfig.ManagedFile owned(String owner) {
        DeclaredHost.File file = DeclaredHost.File.at("/etc/motd");
        return new DeclaredHost.File(
                file.path(),
                Optional.of(owner),
                file.group(),
                file.mode(),
                file.validate(),
                file.reload(),
                file.timeout());
    }

    private String mode(String path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(root.at(path)));
    }
}
