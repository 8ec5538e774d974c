package dev.persona.server.parameter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.server.platform.Fault;
import dev.persona.server.platform.Faults;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterCatalogueTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ParameterCatalogue catalogue = new ParameterCatalogue();

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '^',
            delimiter = '|',
            textBlock =
                    """
                    cpu.weight                              | 800                 | 800
                    cpu.max                                 | 1.50                | 1.5
                    cpu.max                                 | 20                  | 20
                    cpu.max                                 | "150%"              | 1.5
                    cpu.max                                 | "50 %"              | 0.5
                    cpu.max                                 | "max"               | "max"
                    cpu.affinity                            | "8,0-2,3,12-10000"  |
                    cpu.affinity                            | "8,0-2,3,10-11"     | "0-3,8,10-11"
                    cpu.affinity                            | 3                   | "3"
                    cpu.governor                            | "performance"       | "performance"
                    memory.high                             | "12GiB"             | 12884901888
                    memory.high                             | "12 GB"             | 12000000000
                    memory.high                             | "1.5g"              | 1610612736
                    memory.high                             | 4096                | 4096
                    memory.high                             | "max"               | "max"
                    memory.high                             | -1                  |
                    memory.high                             | "9000PiB"           |
                    memory.swap.max                         | 0                   | 0
                    io.weight                               | 10001               |
                    io.max.sda                              | {"rbps": "1MiB", "wiops": "max"} | {"rbps":1048576,"wiops":"max"}
                    io.max.8:0                              | {"riops": 100}      | {"riops":100}
                    io.max.sda                              | {"rbps": 0}         |
                    io.max.sda                              | {"wiops": 0}        |
                    network.egress.rate                     | "2Gbit"             | 2000000000
                    network.egress.rate                     | "201Gbit"           |
                    network.egress.rate.eth0.100            | "500 mbit"          | 500000000
                    network.egress.rate                     | "2Gibit"            | 2147483648
                    network.egress.rate                     | "100bit"            |
                    network.egress.rate                     | "2Gbps"             |
                    disk.scheduler.nvme0n1                  | "none"              | "none"
                    disk.readahead.sda                      | 256                 | 256
                    vm.transparent_hugepage                 | "madvise"           | "madvise"
                    sysctl.vm.swappiness                    | 1                   | 1
                    sysctl.net.ipv4.tcp_rmem                | "4096\\t131072  6291456 " | "4096 131072 6291456"
                    sysctl.net.ipv4.conf.eth0/100.rp_filter | 1                   | 1
                    sysctl.kernel.core_pattern              | "a\\nb"             |
                    service.nginx                           | "stopped"           | "stopped"
                    service.foo@bar.service                 | {"state": "started", "cpu_max": "50%"} | {"state":"started","cpu_max":0.5}
                    security.ssh.password_authentication    | false               | false
                    security.ssh.password_authentication    | "no"                |
                    security.ssh.permit_root_login          | "no"                | "no"
                    security.ssh.allow_tcp_forwarding       | false               | false
                    security.firewall.profile               | "locked-down"       | "locked-down"
                    security.firewall.profile               | "../x"              |
                    domain.web.1.vcpus                      | 4                   | 4
                    domain.web.memory                       | "2GiB"              | 2147483648
                    domain.web.memory                       | "max"               |
                    domain.web.cpu_shares                   | 1024                | 1024
                    file.motd                               | "hello\\n"          | "hello\\n"
                    custom.mode                             | true                | true
                    custom.mode                             | 1.5                 | 1.5
                    custom.mode                             | "a  b"              | "a  b"
                    custom.mode                             | [1]                 |
                    """)
    void a_value_has_one_canonical_form_or_a_fault(String name, String value, String canonical) {
        Faults faults = new Faults();

        catalogue.check(name, json(value), "/p", faults);

        assertThat(catalogue.canonical(name, json(value)).map(JsonNode::toString))
                .isEqualTo(java.util.Optional.ofNullable(canonical));
        assertThat(faults.isEmpty()).isEqualTo(canonical != null);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '^',
            delimiter = '|',
            textBlock =
                    """
                    vm.swappiness           | unknown parameter `vm.swappiness`; did you mean `sysctl.vm.swappiness`?
                    net.core.somaxconn      | unknown parameter `net.core.somaxconn`; did you mean `sysctl.net.core.somaxconn`?
                    cpu.gov                 | unknown parameter `cpu.gov`; did you mean `cpu.governor`?
                    cpu.wieght              | unknown parameter `cpu.wieght`; did you mean `cpu.weight`?
                    memory.hgih             | unknown parameter `memory.hgih`; did you mean `memory.high`?
                    sysctls.vm.swappiness   | unknown parameter `sysctls.vm.swappiness`; did you mean `sysctl.vm.swappiness`?
                    disk.sheduler.sda       | unknown parameter `disk.sheduler.sda`; did you mean `disk.scheduler.sda`?
                    domains.web.vcpus       | unknown parameter `domains.web.vcpus`; did you mean `domain.web.vcpus`?
                    io.max                  | unknown parameter `io.max`; `<device>` in `io.max.<device>` takes the kernel's name of a block device, such as `sda`
                    wholly.different        | unknown parameter `wholly.different`; `GET /parameters` lists those that there are
                    """)
    void an_unknown_name_is_refused_with_the_nearest_known_one(String name, String detail) {
        assertThat(faults(name, "1")).containsExactly(new Fault("/p", detail));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sysctl./vm/swappiness",
                "sysctl.vm/swappiness",
                "sysctl.vm/../../etc/passwd",
                "sysctl.vm..swappiness",
                "sysctl.",
                "sysctl.vm.swappiness\n",
                "file.../etc/passwd",
                "file.a/b",
                "file..",
                "custom.a\u0000b",
                "service./nginx",
                "service.ngi nx",
                "io.max./dev/sda",
                "domain.a/b.vcpus"
            })
    void a_name_that_would_not_be_safe_as_a_path_is_refused(String name) {
        assertThat(faults(name, "\"x\"")).hasSize(1);
        assertThat(catalogue.find(name)).isEmpty();
    }

    @Test
    void a_name_of_a_family_is_refused_with_the_rule_of_its_part() {
        assertThat(faults("file.a/b", "\"x\""))
                .containsExactly(
                        new Fault(
                                "/p",
                                "unknown parameter `file.a/b`; `<name>` in `file.<name>` takes letters, digits and `_-:@+`, parted by `.`"));
    }

    @Test
    void a_name_of_absurd_length_is_refused() {
        assertThat(faults("sysctl." + "a".repeat(300), "1"))
                .singleElement()
                .extracting(Fault::detail)
                .asString()
                .endsWith("names have at most 255 characters");
    }

    @Test
    void a_faulty_object_gets_a_fault_for_each_field() {
        assertThat(faults("io.max.sda", "{\"rbps\": \"fast\", \"wbsp\": 1}"))
                .containsExactly(
                        new Fault(
                                "/p/rbps",
                                "`rbps` must be bytes such as `12GiB` or 1048576 and at least 1, or `max`, but is `fast`"),
                        new Fault("/p/wbsp", "`wbsp` is not a field here; did you mean `wbps`?"));
    }

    @Test
    void an_empty_object_says_nothing_and_is_refused() {
        assertThat(faults("io.max.sda", "{}"))
                .containsExactly(
                        new Fault(
                                "/p",
                                "`io.max.sda` must be an object with one or more of `rbps`, `riops`, `wbps`, `wiops`, but is an object"));
    }

    @Test
    void a_value_out_of_bounds_is_told_with_its_bounds() {
        assertThat(faults("cpu.weight", "0"))
                .containsExactly(new Fault("/p", "`cpu.weight` must be a whole number from 1 to 10000, but is `0`"));
        assertThat(faults("cpu.weight", "null"))
                .containsExactly(new Fault("/p", "`cpu.weight` must be a whole number from 1 to 10000, but is `null`"));
    }

    @Test
    void numbers_of_absurd_size_are_refused_without_work() {
        JsonNode huge =
                com.fasterxml.jackson.databind.node.DecimalNode.valueOf(new java.math.BigDecimal("1e999999999"));

        assertThat(catalogue.canonical("cpu.max", huge)).isEmpty();
        assertThat(catalogue.canonical("memory.high", huge)).isEmpty();
        assertThat(catalogue.canonical("cpu.weight", huge)).isEmpty();
    }

    @Test
    void every_definition_has_a_schema_and_a_description() {
        assertThat(catalogue.definitions()).isNotEmpty().allSatisfy(definition -> {
            assertThat(definition.description()).isNotBlank();
            assertThat(definition.type().schema()).isNotEmpty();
        });
    }

    private List<Fault> faults(String name, String value) {
        Faults faults = new Faults();
        catalogue.check(name, json(value), "/p", faults);
        return faults.list();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
