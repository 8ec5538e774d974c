package dev.persona.server.rulebook;

import dev.persona.server.rule.RuleDocuments;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The configured folder of DRL files; hidden files and those of other names are passed over. */
final class RuleFolder {
    /** One byte more than rules may have, so that a text that is too long is seen to be. */
    private static final int MAXIMUM_BYTES = 64 * 1024 + 1;

    private final Path folder;
    private final int maximumFiles;

    RuleFolder(Path folder, int maximumFiles) {
        this.folder = folder;
        this.maximumFiles = maximumFiles;
    }

    /** What a file holds. */
    sealed interface Content {

        record Drl(String drl) implements Content {}

        /** @param cause worded to follow "the file" */
        record Unreadable(String cause) implements Content {}
    }

    /**
     * The files by their names without the suffix, the first ones in order of name if there are too many.
     *
     * @throws IOException if the folder can't be listed
     */
    SortedMap<String, Content> read() throws IOException {
        SortedMap<String, Content> contents = new TreeMap<>();
        for (Path file : files()) {
            String name = file.getFileName().toString();
            contents.put(name.substring(0, name.length() - RuleDocuments.SUFFIX.length()), read(file));
        }
        return contents;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(RuleDocuments.SUFFIX))
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .limit(maximumFiles)
                    .toList();
        }
    }

    private static Content read(Path file) {
        try (InputStream bytes = Files.newInputStream(file)) {
            byte[] content = bytes.readNBytes(MAXIMUM_BYTES);
            String drl = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            return drl.indexOf('\0') < 0
                    ? new Content.Drl(drl)
                    : new Content.Unreadable("holds a NUL character; leave it out");
        } catch (CharacterCodingException e) {
            return new Content.Unreadable("isn't encoded in UTF-8");
        } catch (IOException e) {
            return new Content.Unreadable("can't be read: " + e.getMessage());
        }
    }
}
