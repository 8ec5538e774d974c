package dev.persona.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.agent.platform.DeclaredHost.Permit;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PermissionTest {

    @Test
    void nothing_is_permitted_by_default() {
        Permission permission = new Permission(List.of());

        assertThat(permission.refusal("cpu.weight", value(100)))
                .contains("`cpu.weight` is not in `persona.agent.permit`");
    }

    @ParameterizedTest
    @CsvSource({
        "sysctl.vm.swappiness, sysctl.vm.swappiness, true",
        "sysctl.vm.*, sysctl.vm.swappiness, true",
        "sysctl.*, sysctl.vm.swappiness, true",
        "*, sysctl.vm.swappiness, true",
        "sysctl.vm.swap, sysctl.vm.swappiness, false",
        "sysctl.vm, sysctl.vm.swappiness, false",
        "sysctl.v?.*, sysctl.vm.swappiness, false",
        "vm.*, sysctl.vm.swappiness, false",
    })
    void a_rule_names_a_parameter_or_several_by_a_star(String rule, String parameter, boolean permitted) {
        Permission permission = new Permission(Permit.all(rule));

        assertThat(permission.refusal(parameter, value(1)).isEmpty()).isEqualTo(permitted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sysctl.kernel.core_pattern",
                "sysctl.kernel.modprobe",
                "sysctl.kernel.poweroff_cmd",
                "sysctl.kernel.usermodehelper.bset",
                "sysctl.fs.binfmt_misc.register",
                "service.poweroff.target",
                "service.systemd-reboot",
                "service.debug-shell"
            })
    void what_hands_over_the_machine_is_permitted_by_its_full_name_only(String key) {
        assertThat(new Permission(Permit.all("sysctl.*", "service.*", "*")).refusal(key, value("x")))
                .isPresent();
        assertThat(new Permission(Permit.all(key)).refusal(key, value("x"))).isEmpty();
    }

    @Test
    void bounds_hold_for_every_number_of_a_value() {
        Permission permission = new Permission(List.of(Permit.range("p", "10", "20.5")));

        assertThat(permission.refusal("p", value(10))).isEmpty();
        assertThat(permission.refusal("p", value("10 20\t20.5"))).isEmpty();
        assertThat(permission.refusal("p", value(9)))
                .contains("`p` = `9` is below 10, see `persona.agent.permit[0].minimum`");
        assertThat(permission.refusal("p", value("10 21")))
                .contains("`p` = `10 21` is above 20.5, see `persona.agent.permit[0].maximum`");
        assertThat(permission.refusal("p", value("many")))
                .contains("`p` = `many` is no number, and `persona.agent.permit[0]` has bounds");
        assertThat(permission.refusal("p", value("max"))).isPresent();
    }

    @Test
    void bounds_hold_for_every_field_of_an_object() {
        Permission permission = new Permission(List.of(Permit.range("io.max.*", "1", "1000")));

        assertThat(permission.refusal("io.max.sda", value(Map.of("rbps", 1000, "wiops", 1))))
                .isEmpty();
        assertThat(permission.refusal("io.max.sda", value(Map.of("rbps", 1001))))
                .contains("`io.max.sda` = `{\"rbps\":1001}` is above 1000, see `persona.agent.permit[0].maximum`");
        assertThat(permission.refusal("io.max.sda", value(Map.of("rbps", "max"))))
                .isPresent();
        assertThat(new Permission(List.of(Permit.values("service.*", "stopped")))
                        .refusal("service.nginx", value(Map.of("cpu_weight", 1))))
                .contains("`service.nginx` = `{\"cpu_weight\":1}` is not in `persona.agent.permit[0].values`");
    }

    @Test
    void max_is_within_a_least_value_alone() {
        Permission permission = new Permission(
                List.of(new Permit("p", Optional.of(BigDecimal.ONE), Optional.empty(), Optional.empty())));

        assertThat(permission.refusal("p", value("max"))).isEmpty();
    }

    @Test
    void only_listed_values_are_permitted_where_there_is_a_list() {
        Permission permission = new Permission(List.of(Permit.values("p", "calm", "busy")));

        assertThat(permission.refusal("p", value("busy"))).isEmpty();
        assertThat(permission.refusal("p", value("wild")))
                .contains("`p` = `wild` is not in `persona.agent.permit[0].values`");
    }

    @Test
    void one_rule_that_permits_is_enough() {
        Permission permission = new Permission(List.of(Permit.range("p", "0", "1"), Permit.range("p", "100", "200")));

        assertThat(permission.refusal("p", value(150))).isEmpty();
        assertThat(permission.refusal("p", value(50))).isPresent();
    }

    private static JsonNode value(Object value) {
        return new ObjectMapper().valueToTree(value);
    }
}
