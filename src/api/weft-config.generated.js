// Generated from src/api/weft-config.schema.ts by hack/codegen/validators.ts; do not edit.
// <stdin>
var validateWeftConfig = validate10, schema11 = { $schema: "http://json-schema.org/draft-07/schema#", type: "object", properties: { apiVersion: { type: "string", const: "weft.dev/v1alpha1" }, kind: { type: "string", const: "WeftConfig" }, metadata: { type: "object", properties: { name: { type: "string" } }, additionalProperties: {} }, spec: { default: {}, type: "object", properties: { defaultNetwork: { type: "string", pattern: "^([A-Za-z0-9][A-Za-z0-9_.-]*|[a-z0-9]([-a-z0-9]*[a-z0-9])?\\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?|\\/[ -~]+\\.(conf|conflist|json))$", description: "The default network: CNI name or path of a file on the node, or NAMESPACE/NAME of a NetworkAttachmentDefinition; absent: the only candidate on the node." }, defaultNetworks: { default: [], maxItems: 31, type: "array", items: { type: "string", pattern: "^([A-Za-z0-9][A-Za-z0-9_.-]*|[a-z0-9]([-a-z0-9]*[a-z0-9])?\\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?)$" }, description: "Networks that every pod outside systemNamespaces gets after the default network, in this order: NAMESPACE/NAME, or the CNI name of a file of --network-conf-dir." }, defaultNetworkNamespace: { default: "kube-system", type: "string", pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", description: "Namespace of a network that the annotation v1.multus-cni.io/default-network names without one; kube-system by default." }, systemNamespaces: { default: ["kube-system"], type: "array", items: { type: "string", pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" }, uniqueItems: !0, description: "Pods of these namespaces get none of defaultNetworks; by default: kube-system." }, readinessIndicatorFile: { type: "string", pattern: "^\\/[ -9;-~]*$", description: "A file that the default network makes when it is ready, as the agent sees it: before, no pod is attached, and weft does not become the CNI plugin of the node." }, pluginDirs: { default: [], maxItems: 8, type: "array", items: { type: "string", pattern: "^\\/[ -9;-~]*$" }, uniqueItems: !0, description: "Directories of CNI plugins on the node, searched after the runtime's own." }, isolation: { default: {}, type: "object", properties: { enabled: { default: !1, type: "boolean", description: "True: a pod may use networks of its own and of global namespaces only." }, globalNamespaces: { default: ["default"], type: "array", items: { type: "string", pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" }, uniqueItems: !0, description: "Namespaces whose networks every pod may use; by default: default." } }, additionalProperties: !1, description: "Which namespaces' networks a pod may use." }, tenancy: { default: {}, type: "object", properties: { enabled: { default: !1, type: "boolean", description: "True: networks that are defined outside exemptNamespaces may name only what is listed here." }, exemptNamespaces: { default: ["kube-system"], type: "array", items: { type: "string", pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" }, uniqueItems: !0, description: "Namespaces whose networks and pods these rules do not bind; by default: kube-system." }, pluginTypes: { default: [], maxItems: 256, type: "array", items: { type: "string", pattern: "^[A-Za-z0-9_][A-Za-z0-9_.+-]*$" }, description: "Plugins that such a network may name, those for addresses (ipam) among them; by default none." }, parentInterfaces: { default: [], maxItems: 256, type: "array", items: { type: "string", pattern: "^[!-~]{1,255}$" }, description: "Interfaces, bridges and devices of the node that such a network may name, * stands for any characters; by default none." }, ipamDirectories: { default: [], maxItems: 256, type: "array", items: { type: "string", pattern: "^(\\/[!--0-9;-~][!-.0-9;-~]*)+$" }, description: "Directories of the node in which every path must lie that such a network names; by default none." } }, additionalProperties: !1, description: "What a namespace's own networks may name on the node." }, agentAwayTaint: { default: !0, type: "boolean", description: "True: the operator keeps new pods from a node whose agent is away, by the taint weft.dev/agent-away; true by default." }, timeBudgets: { default: {}, type: "object", properties: { connect: { default: 100, type: "integer", minimum: 1, maximum: 5e3, description: "Connecting to the agent, milliseconds; 100 by default." }, plan: { default: 4800, type: "integer", minimum: 100, maximum: 3e4, description: "Waiting for the agent's plan, milliseconds; 4800 by default." }, lock: { default: 2e4, type: "integer", minimum: 100, maximum: 6e4, description: "Waiting for the sandbox's lock, milliseconds; 20000 by default." }, delegate: { default: 3e4, type: "integer", minimum: 100, maximum: 11e4, description: "One delegate, milliseconds; 30000 by default." }, add: { default: 6e4, type: "integer", minimum: 1e3, maximum: 11e4, description: "ADD with its rollback, milliseconds; 60000 by default." }, del: { default: 5e4, type: "integer", minimum: 1e3, maximum: 58e3, description: "DEL, milliseconds; 50000 by default." }, status: { default: 1e3, type: "integer", minimum: 50, maximum: 4e3, description: "STATUS, milliseconds; 1000 by default." }, done: { default: 1e3, type: "integer", minimum: 0, maximum: 1e4, description: "Waiting after ADD until the status of the pod is written, milliseconds; 1000 by default." } }, additionalProperties: !1, description: "How long each part of a request may take." } }, additionalProperties: !1, description: "What is absent has its default." } }, required: ["apiVersion", "kind"], additionalProperties: !1, description: "How weft behaves in this cluster.", $id: "validateWeftConfig" }, func2 = Object.prototype.hasOwnProperty, pattern0 = new RegExp("^([A-Za-z0-9][A-Za-z0-9_.-]*|[a-z0-9]([-a-z0-9]*[a-z0-9])?\\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?|\\/[ -~]+\\.(conf|conflist|json))$", "u"), pattern1 = new RegExp("^([A-Za-z0-9][A-Za-z0-9_.-]*|[a-z0-9]([-a-z0-9]*[a-z0-9])?\\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?)$", "u"), pattern2 = new RegExp("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "u"), pattern4 = new RegExp("^\\/[ -9;-~]*$", "u"), pattern8 = new RegExp("^[A-Za-z0-9_][A-Za-z0-9_.+-]*$", "u"), pattern9 = new RegExp("^[!-~]{1,255}$", "u"), pattern10 = new RegExp("^(\\/[!--0-9;-~][!-.0-9;-~]*)+$", "u");
function validate10(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null, errors = 0;
  if (errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      data.spec === void 0 && (data.spec = {});
      let missing0;
      if (data.apiVersion === void 0 && (missing0 = "apiVersion") || data.kind === void 0 && (missing0 = "kind"))
        return validate10.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      {
        let _errs1 = errors;
        for (let key0 in data)
          if (!(key0 === "apiVersion" || key0 === "kind" || key0 === "metadata" || key0 === "spec")) {
            return validate10.errors = [{ instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" }], !1;
            break;
          }
        if (_errs1 === errors) {
          if (data.apiVersion !== void 0) {
            let data0 = data.apiVersion, _errs2 = errors;
            if (typeof data0 != "string")
              return validate10.errors = [{ instancePath: instancePath + "/apiVersion", schemaPath: "#/properties/apiVersion/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
            if (data0 !== "weft.dev/v1alpha1")
              return validate10.errors = [{ instancePath: instancePath + "/apiVersion", schemaPath: "#/properties/apiVersion/const", keyword: "const", params: { allowedValue: "weft.dev/v1alpha1" }, message: "must be equal to constant" }], !1;
            var valid0 = _errs2 === errors;
          } else
            var valid0 = !0;
          if (valid0) {
            if (data.kind !== void 0) {
              let data1 = data.kind, _errs4 = errors;
              if (typeof data1 != "string")
                return validate10.errors = [{ instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
              if (data1 !== "WeftConfig")
                return validate10.errors = [{ instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "WeftConfig" }, message: "must be equal to constant" }], !1;
              var valid0 = _errs4 === errors;
            } else
              var valid0 = !0;
            if (valid0) {
              if (data.metadata !== void 0) {
                let data2 = data.metadata, _errs6 = errors;
                if (errors === _errs6)
                  if (data2 && typeof data2 == "object" && !Array.isArray(data2)) {
                    if (data2.name !== void 0 && typeof data2.name != "string")
                      return validate10.errors = [{ instancePath: instancePath + "/metadata/name", schemaPath: "#/properties/metadata/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                  } else
                    return validate10.errors = [{ instancePath: instancePath + "/metadata", schemaPath: "#/properties/metadata/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                var valid0 = _errs6 === errors;
              } else
                var valid0 = !0;
              if (valid0) {
                let data4 = data.spec, _errs11 = errors;
                if (errors === _errs11)
                  if (data4 && typeof data4 == "object" && !Array.isArray(data4)) {
                    data4.defaultNetworks === void 0 && (data4.defaultNetworks = []), data4.defaultNetworkNamespace === void 0 && (data4.defaultNetworkNamespace = "kube-system"), data4.systemNamespaces === void 0 && (data4.systemNamespaces = ["kube-system"]), data4.pluginDirs === void 0 && (data4.pluginDirs = []), data4.isolation === void 0 && (data4.isolation = {}), data4.tenancy === void 0 && (data4.tenancy = {}), data4.agentAwayTaint === void 0 && (data4.agentAwayTaint = !0), data4.timeBudgets === void 0 && (data4.timeBudgets = {});
                    let _errs13 = errors;
                    for (let key1 in data4)
                      if (!func2.call(schema11.properties.spec.properties, key1)) {
                        return validate10.errors = [{ instancePath: instancePath + "/spec", schemaPath: "#/properties/spec/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" }], !1;
                        break;
                      }
                    if (_errs13 === errors) {
                      if (data4.defaultNetwork !== void 0) {
                        let data5 = data4.defaultNetwork, _errs14 = errors;
                        if (errors === _errs14)
                          if (typeof data5 == "string") {
                            if (!pattern0.test(data5))
                              return validate10.errors = [{ instancePath: instancePath + "/spec/defaultNetwork", schemaPath: "#/properties/spec/properties/defaultNetwork/pattern", keyword: "pattern", params: { pattern: "^([A-Za-z0-9][A-Za-z0-9_.-]*|[a-z0-9]([-a-z0-9]*[a-z0-9])?\\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?|\\/[ -~]+\\.(conf|conflist|json))$" }, message: 'must match pattern "^([A-Za-z0-9][A-Za-z0-9_.-]*|[a-z0-9]([-a-z0-9]*[a-z0-9])?\\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?|\\/[ -~]+\\.(conf|conflist|json))$"' }], !1;
                          } else
                            return validate10.errors = [{ instancePath: instancePath + "/spec/defaultNetwork", schemaPath: "#/properties/spec/properties/defaultNetwork/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                        var valid2 = _errs14 === errors;
                      } else
                        var valid2 = !0;
                      if (valid2) {
                        let data6 = data4.defaultNetworks, _errs16 = errors;
                        if (errors === _errs16)
                          if (Array.isArray(data6)) {
                            if (data6.length > 31)
                              return validate10.errors = [{ instancePath: instancePath + "/spec/defaultNetworks", schemaPath: "#/properties/spec/properties/defaultNetworks/maxItems", keyword: "maxItems", params: { limit: 31 }, message: "must NOT have more than 31 items" }], !1;
                            {
                              var valid3 = !0;
                              let len0 = data6.length;
                              for (let i0 = 0; i0 < len0; i0++) {
                                let data7 = data6[i0], _errs18 = errors;
                                if (errors === _errs18)
                                  if (typeof data7 == "string") {
                                    if (!pattern1.test(data7))
                                      return validate10.errors = [{ instancePath: instancePath + "/spec/defaultNetworks/" + i0, schemaPath: "#/properties/spec/properties/defaultNetworks/items/pattern", keyword: "pattern", params: { pattern: "^([A-Za-z0-9][A-Za-z0-9_.-]*|[a-z0-9]([-a-z0-9]*[a-z0-9])?\\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?)$" }, message: 'must match pattern "^([A-Za-z0-9][A-Za-z0-9_.-]*|[a-z0-9]([-a-z0-9]*[a-z0-9])?\\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?)$"' }], !1;
                                  } else
                                    return validate10.errors = [{ instancePath: instancePath + "/spec/defaultNetworks/" + i0, schemaPath: "#/properties/spec/properties/defaultNetworks/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                var valid3 = _errs18 === errors;
                                if (!valid3)
                                  break;
                              }
                            }
                          } else
                            return validate10.errors = [{ instancePath: instancePath + "/spec/defaultNetworks", schemaPath: "#/properties/spec/properties/defaultNetworks/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                        var valid2 = _errs16 === errors;
                        if (valid2) {
                          let data8 = data4.defaultNetworkNamespace, _errs20 = errors;
                          if (errors === _errs20)
                            if (typeof data8 == "string") {
                              if (!pattern2.test(data8))
                                return validate10.errors = [{ instancePath: instancePath + "/spec/defaultNetworkNamespace", schemaPath: "#/properties/spec/properties/defaultNetworkNamespace/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" }, message: 'must match pattern "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"' }], !1;
                            } else
                              return validate10.errors = [{ instancePath: instancePath + "/spec/defaultNetworkNamespace", schemaPath: "#/properties/spec/properties/defaultNetworkNamespace/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                          var valid2 = _errs20 === errors;
                          if (valid2) {
                            let data9 = data4.systemNamespaces, _errs22 = errors;
                            if (errors === _errs22)
                              if (Array.isArray(data9)) {
                                var valid4 = !0;
                                let len1 = data9.length;
                                for (let i1 = 0; i1 < len1; i1++) {
                                  let data10 = data9[i1], _errs24 = errors;
                                  if (errors === _errs24)
                                    if (typeof data10 == "string") {
                                      if (!pattern2.test(data10))
                                        return validate10.errors = [{ instancePath: instancePath + "/spec/systemNamespaces/" + i1, schemaPath: "#/properties/spec/properties/systemNamespaces/items/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" }, message: 'must match pattern "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"' }], !1;
                                    } else
                                      return validate10.errors = [{ instancePath: instancePath + "/spec/systemNamespaces/" + i1, schemaPath: "#/properties/spec/properties/systemNamespaces/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                  var valid4 = _errs24 === errors;
                                  if (!valid4)
                                    break;
                                }
                                if (valid4) {
                                  let i2 = data9.length, j0;
                                  if (i2 > 1) {
                                    let indices0 = {};
                                    for (; i2--; ) {
                                      let item0 = data9[i2];
                                      if (typeof item0 == "string") {
                                        if (typeof indices0[item0] == "number") {
                                          return j0 = indices0[item0], validate10.errors = [{ instancePath: instancePath + "/spec/systemNamespaces", schemaPath: "#/properties/spec/properties/systemNamespaces/uniqueItems", keyword: "uniqueItems", params: { i: i2, j: j0 }, message: "must NOT have duplicate items (items ## " + j0 + " and " + i2 + " are identical)" }], !1;
                                          break;
                                        }
                                        indices0[item0] = i2;
                                      }
                                    }
                                  }
                                }
                              } else
                                return validate10.errors = [{ instancePath: instancePath + "/spec/systemNamespaces", schemaPath: "#/properties/spec/properties/systemNamespaces/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                            var valid2 = _errs22 === errors;
                            if (valid2) {
                              if (data4.readinessIndicatorFile !== void 0) {
                                let data11 = data4.readinessIndicatorFile, _errs26 = errors;
                                if (errors === _errs26)
                                  if (typeof data11 == "string") {
                                    if (!pattern4.test(data11))
                                      return validate10.errors = [{ instancePath: instancePath + "/spec/readinessIndicatorFile", schemaPath: "#/properties/spec/properties/readinessIndicatorFile/pattern", keyword: "pattern", params: { pattern: "^\\/[ -9;-~]*$" }, message: 'must match pattern "^\\/[ -9;-~]*$"' }], !1;
                                  } else
                                    return validate10.errors = [{ instancePath: instancePath + "/spec/readinessIndicatorFile", schemaPath: "#/properties/spec/properties/readinessIndicatorFile/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                var valid2 = _errs26 === errors;
                              } else
                                var valid2 = !0;
                              if (valid2) {
                                let data12 = data4.pluginDirs, _errs28 = errors;
                                if (errors === _errs28)
                                  if (Array.isArray(data12)) {
                                    if (data12.length > 8)
                                      return validate10.errors = [{ instancePath: instancePath + "/spec/pluginDirs", schemaPath: "#/properties/spec/properties/pluginDirs/maxItems", keyword: "maxItems", params: { limit: 8 }, message: "must NOT have more than 8 items" }], !1;
                                    {
                                      var valid6 = !0;
                                      let len2 = data12.length;
                                      for (let i3 = 0; i3 < len2; i3++) {
                                        let data13 = data12[i3], _errs30 = errors;
                                        if (errors === _errs30)
                                          if (typeof data13 == "string") {
                                            if (!pattern4.test(data13))
                                              return validate10.errors = [{ instancePath: instancePath + "/spec/pluginDirs/" + i3, schemaPath: "#/properties/spec/properties/pluginDirs/items/pattern", keyword: "pattern", params: { pattern: "^\\/[ -9;-~]*$" }, message: 'must match pattern "^\\/[ -9;-~]*$"' }], !1;
                                          } else
                                            return validate10.errors = [{ instancePath: instancePath + "/spec/pluginDirs/" + i3, schemaPath: "#/properties/spec/properties/pluginDirs/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                        var valid6 = _errs30 === errors;
                                        if (!valid6)
                                          break;
                                      }
                                      if (valid6) {
                                        let i4 = data12.length, j1;
                                        if (i4 > 1) {
                                          let indices1 = {};
                                          for (; i4--; ) {
                                            let item1 = data12[i4];
                                            if (typeof item1 == "string") {
                                              if (typeof indices1[item1] == "number") {
                                                return j1 = indices1[item1], validate10.errors = [{ instancePath: instancePath + "/spec/pluginDirs", schemaPath: "#/properties/spec/properties/pluginDirs/uniqueItems", keyword: "uniqueItems", params: { i: i4, j: j1 }, message: "must NOT have duplicate items (items ## " + j1 + " and " + i4 + " are identical)" }], !1;
                                                break;
                                              }
                                              indices1[item1] = i4;
                                            }
                                          }
                                        }
                                      }
                                    }
                                  } else
                                    return validate10.errors = [{ instancePath: instancePath + "/spec/pluginDirs", schemaPath: "#/properties/spec/properties/pluginDirs/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                                var valid2 = _errs28 === errors;
                                if (valid2) {
                                  let data14 = data4.isolation, _errs32 = errors;
                                  if (errors === _errs32)
                                    if (data14 && typeof data14 == "object" && !Array.isArray(data14)) {
                                      data14.enabled === void 0 && (data14.enabled = !1), data14.globalNamespaces === void 0 && (data14.globalNamespaces = ["default"]);
                                      let _errs34 = errors;
                                      for (let key2 in data14)
                                        if (!(key2 === "enabled" || key2 === "globalNamespaces")) {
                                          return validate10.errors = [{ instancePath: instancePath + "/spec/isolation", schemaPath: "#/properties/spec/properties/isolation/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" }], !1;
                                          break;
                                        }
                                      if (_errs34 === errors) {
                                        let _errs35 = errors;
                                        if (typeof data14.enabled != "boolean")
                                          return validate10.errors = [{ instancePath: instancePath + "/spec/isolation/enabled", schemaPath: "#/properties/spec/properties/isolation/properties/enabled/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }], !1;
                                        var valid8 = _errs35 === errors;
                                        if (valid8) {
                                          let data16 = data14.globalNamespaces, _errs37 = errors;
                                          if (errors === _errs37)
                                            if (Array.isArray(data16)) {
                                              var valid9 = !0;
                                              let len3 = data16.length;
                                              for (let i5 = 0; i5 < len3; i5++) {
                                                let data17 = data16[i5], _errs39 = errors;
                                                if (errors === _errs39)
                                                  if (typeof data17 == "string") {
                                                    if (!pattern2.test(data17))
                                                      return validate10.errors = [{ instancePath: instancePath + "/spec/isolation/globalNamespaces/" + i5, schemaPath: "#/properties/spec/properties/isolation/properties/globalNamespaces/items/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" }, message: 'must match pattern "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"' }], !1;
                                                  } else
                                                    return validate10.errors = [{ instancePath: instancePath + "/spec/isolation/globalNamespaces/" + i5, schemaPath: "#/properties/spec/properties/isolation/properties/globalNamespaces/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                                var valid9 = _errs39 === errors;
                                                if (!valid9)
                                                  break;
                                              }
                                              if (valid9) {
                                                let i6 = data16.length, j2;
                                                if (i6 > 1) {
                                                  let indices2 = {};
                                                  for (; i6--; ) {
                                                    let item2 = data16[i6];
                                                    if (typeof item2 == "string") {
                                                      if (typeof indices2[item2] == "number") {
                                                        return j2 = indices2[item2], validate10.errors = [{ instancePath: instancePath + "/spec/isolation/globalNamespaces", schemaPath: "#/properties/spec/properties/isolation/properties/globalNamespaces/uniqueItems", keyword: "uniqueItems", params: { i: i6, j: j2 }, message: "must NOT have duplicate items (items ## " + j2 + " and " + i6 + " are identical)" }], !1;
                                                        break;
                                                      }
                                                      indices2[item2] = i6;
                                                    }
                                                  }
                                                }
                                              }
                                            } else
                                              return validate10.errors = [{ instancePath: instancePath + "/spec/isolation/globalNamespaces", schemaPath: "#/properties/spec/properties/isolation/properties/globalNamespaces/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                                          var valid8 = _errs37 === errors;
                                        }
                                      }
                                    } else
                                      return validate10.errors = [{ instancePath: instancePath + "/spec/isolation", schemaPath: "#/properties/spec/properties/isolation/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                                  var valid2 = _errs32 === errors;
                                  if (valid2) {
                                    let data18 = data4.tenancy, _errs41 = errors;
                                    if (errors === _errs41)
                                      if (data18 && typeof data18 == "object" && !Array.isArray(data18)) {
                                        data18.enabled === void 0 && (data18.enabled = !1), data18.exemptNamespaces === void 0 && (data18.exemptNamespaces = ["kube-system"]), data18.pluginTypes === void 0 && (data18.pluginTypes = []), data18.parentInterfaces === void 0 && (data18.parentInterfaces = []), data18.ipamDirectories === void 0 && (data18.ipamDirectories = []);
                                        let _errs43 = errors;
                                        for (let key3 in data18)
                                          if (!(key3 === "enabled" || key3 === "exemptNamespaces" || key3 === "pluginTypes" || key3 === "parentInterfaces" || key3 === "ipamDirectories")) {
                                            return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy", schemaPath: "#/properties/spec/properties/tenancy/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" }], !1;
                                            break;
                                          }
                                        if (_errs43 === errors) {
                                          let _errs44 = errors;
                                          if (typeof data18.enabled != "boolean")
                                            return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy/enabled", schemaPath: "#/properties/spec/properties/tenancy/properties/enabled/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }], !1;
                                          var valid11 = _errs44 === errors;
                                          if (valid11) {
                                            let data20 = data18.exemptNamespaces, _errs46 = errors;
                                            if (errors === _errs46)
                                              if (Array.isArray(data20)) {
                                                var valid12 = !0;
                                                let len4 = data20.length;
                                                for (let i7 = 0; i7 < len4; i7++) {
                                                  let data21 = data20[i7], _errs48 = errors;
                                                  if (errors === _errs48)
                                                    if (typeof data21 == "string") {
                                                      if (!pattern2.test(data21))
                                                        return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy/exemptNamespaces/" + i7, schemaPath: "#/properties/spec/properties/tenancy/properties/exemptNamespaces/items/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" }, message: 'must match pattern "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"' }], !1;
                                                    } else
                                                      return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy/exemptNamespaces/" + i7, schemaPath: "#/properties/spec/properties/tenancy/properties/exemptNamespaces/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                                  var valid12 = _errs48 === errors;
                                                  if (!valid12)
                                                    break;
                                                }
                                                if (valid12) {
                                                  let i8 = data20.length, j3;
                                                  if (i8 > 1) {
                                                    let indices3 = {};
                                                    for (; i8--; ) {
                                                      let item3 = data20[i8];
                                                      if (typeof item3 == "string") {
                                                        if (typeof indices3[item3] == "number") {
                                                          return j3 = indices3[item3], validate10.errors = [{ instancePath: instancePath + "/spec/tenancy/exemptNamespaces", schemaPath: "#/properties/spec/properties/tenancy/properties/exemptNamespaces/uniqueItems", keyword: "uniqueItems", params: { i: i8, j: j3 }, message: "must NOT have duplicate items (items ## " + j3 + " and " + i8 + " are identical)" }], !1;
                                                          break;
                                                        }
                                                        indices3[item3] = i8;
                                                      }
                                                    }
                                                  }
                                                }
                                              } else
                                                return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy/exemptNamespaces", schemaPath: "#/properties/spec/properties/tenancy/properties/exemptNamespaces/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                                            var valid11 = _errs46 === errors;
                                            if (valid11) {
                                              let data22 = data18.pluginTypes, _errs50 = errors;
                                              if (errors === _errs50)
                                                if (Array.isArray(data22)) {
                                                  if (data22.length > 256)
                                                    return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy/pluginTypes", schemaPath: "#/properties/spec/properties/tenancy/properties/pluginTypes/maxItems", keyword: "maxItems", params: { limit: 256 }, message: "must NOT have more than 256 items" }], !1;
                                                  {
                                                    var valid14 = !0;
                                                    let len5 = data22.length;
                                                    for (let i9 = 0; i9 < len5; i9++) {
                                                      let data23 = data22[i9], _errs52 = errors;
                                                      if (errors === _errs52)
                                                        if (typeof data23 == "string") {
                                                          if (!pattern8.test(data23))
                                                            return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy/pluginTypes/" + i9, schemaPath: "#/properties/spec/properties/tenancy/properties/pluginTypes/items/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9_][A-Za-z0-9_.+-]*$" }, message: 'must match pattern "^[A-Za-z0-9_][A-Za-z0-9_.+-]*$"' }], !1;
                                                        } else
                                                          return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy/pluginTypes/" + i9, schemaPath: "#/properties/spec/properties/tenancy/properties/pluginTypes/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                                      var valid14 = _errs52 === errors;
                                                      if (!valid14)
                                                        break;
                                                    }
                                                  }
                                                } else
                                                  return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy/pluginTypes", schemaPath: "#/properties/spec/properties/tenancy/properties/pluginTypes/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                                              var valid11 = _errs50 === errors;
                                              if (valid11) {
                                                let data24 = data18.parentInterfaces, _errs54 = errors;
                                                if (errors === _errs54)
                                                  if (Array.isArray(data24)) {
                                                    if (data24.length > 256)
                                                      return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy/parentInterfaces", schemaPath: "#/properties/spec/properties/tenancy/properties/parentInterfaces/maxItems", keyword: "maxItems", params: { limit: 256 }, message: "must NOT have more than 256 items" }], !1;
                                                    {
                                                      var valid15 = !0;
                                                      let len6 = data24.length;
                                                      for (let i10 = 0; i10 < len6; i10++) {
                                                        let data25 = data24[i10], _errs56 = errors;
                                                        if (errors === _errs56)
                                                          if (typeof data25 == "string") {
                                                            if (!pattern9.test(data25))
                                                              return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy/parentInterfaces/" + i10, schemaPath: "#/properties/spec/properties/tenancy/properties/parentInterfaces/items/pattern", keyword: "pattern", params: { pattern: "^[!-~]{1,255}$" }, message: 'must match pattern "^[!-~]{1,255}$"' }], !1;
                                                          } else
                                                            return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy/parentInterfaces/" + i10, schemaPath: "#/properties/spec/properties/tenancy/properties/parentInterfaces/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                                        var valid15 = _errs56 === errors;
                                                        if (!valid15)
                                                          break;
                                                      }
                                                    }
                                                  } else
                                                    return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy/parentInterfaces", schemaPath: "#/properties/spec/properties/tenancy/properties/parentInterfaces/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                                                var valid11 = _errs54 === errors;
                                                if (valid11) {
                                                  let data26 = data18.ipamDirectories, _errs58 = errors;
                                                  if (errors === _errs58)
                                                    if (Array.isArray(data26)) {
                                                      if (data26.length > 256)
                                                        return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy/ipamDirectories", schemaPath: "#/properties/spec/properties/tenancy/properties/ipamDirectories/maxItems", keyword: "maxItems", params: { limit: 256 }, message: "must NOT have more than 256 items" }], !1;
                                                      {
                                                        var valid16 = !0;
                                                        let len7 = data26.length;
                                                        for (let i11 = 0; i11 < len7; i11++) {
                                                          let data27 = data26[i11], _errs60 = errors;
                                                          if (errors === _errs60)
                                                            if (typeof data27 == "string") {
                                                              if (!pattern10.test(data27))
                                                                return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy/ipamDirectories/" + i11, schemaPath: "#/properties/spec/properties/tenancy/properties/ipamDirectories/items/pattern", keyword: "pattern", params: { pattern: "^(\\/[!--0-9;-~][!-.0-9;-~]*)+$" }, message: 'must match pattern "^(\\/[!--0-9;-~][!-.0-9;-~]*)+$"' }], !1;
                                                            } else
                                                              return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy/ipamDirectories/" + i11, schemaPath: "#/properties/spec/properties/tenancy/properties/ipamDirectories/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                                          var valid16 = _errs60 === errors;
                                                          if (!valid16)
                                                            break;
                                                        }
                                                      }
                                                    } else
                                                      return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy/ipamDirectories", schemaPath: "#/properties/spec/properties/tenancy/properties/ipamDirectories/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                                                  var valid11 = _errs58 === errors;
                                                }
                                              }
                                            }
                                          }
                                        }
                                      } else
                                        return validate10.errors = [{ instancePath: instancePath + "/spec/tenancy", schemaPath: "#/properties/spec/properties/tenancy/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                                    var valid2 = _errs41 === errors;
                                    if (valid2) {
                                      let _errs62 = errors;
                                      if (typeof data4.agentAwayTaint != "boolean")
                                        return validate10.errors = [{ instancePath: instancePath + "/spec/agentAwayTaint", schemaPath: "#/properties/spec/properties/agentAwayTaint/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }], !1;
                                      var valid2 = _errs62 === errors;
                                      if (valid2) {
                                        let data29 = data4.timeBudgets, _errs64 = errors;
                                        if (errors === _errs64)
                                          if (data29 && typeof data29 == "object" && !Array.isArray(data29)) {
                                            data29.connect === void 0 && (data29.connect = 100), data29.plan === void 0 && (data29.plan = 4800), data29.lock === void 0 && (data29.lock = 2e4), data29.delegate === void 0 && (data29.delegate = 3e4), data29.add === void 0 && (data29.add = 6e4), data29.del === void 0 && (data29.del = 5e4), data29.status === void 0 && (data29.status = 1e3), data29.done === void 0 && (data29.done = 1e3);
                                            let _errs66 = errors;
                                            for (let key4 in data29)
                                              if (!(key4 === "connect" || key4 === "plan" || key4 === "lock" || key4 === "delegate" || key4 === "add" || key4 === "del" || key4 === "status" || key4 === "done")) {
                                                return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets", schemaPath: "#/properties/spec/properties/timeBudgets/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key4 }, message: "must NOT have additional properties" }], !1;
                                                break;
                                              }
                                            if (_errs66 === errors) {
                                              let data30 = data29.connect, _errs67 = errors;
                                              if (!(typeof data30 == "number" && !(data30 % 1) && !isNaN(data30) && isFinite(data30)))
                                                return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/connect", schemaPath: "#/properties/spec/properties/timeBudgets/properties/connect/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                              if (errors === _errs67 && typeof data30 == "number" && isFinite(data30)) {
                                                if (data30 > 5e3 || isNaN(data30))
                                                  return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/connect", schemaPath: "#/properties/spec/properties/timeBudgets/properties/connect/maximum", keyword: "maximum", params: { comparison: "<=", limit: 5e3 }, message: "must be <= 5000" }], !1;
                                                if (data30 < 1 || isNaN(data30))
                                                  return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/connect", schemaPath: "#/properties/spec/properties/timeBudgets/properties/connect/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" }], !1;
                                              }
                                              var valid17 = _errs67 === errors;
                                              if (valid17) {
                                                let data31 = data29.plan, _errs69 = errors;
                                                if (!(typeof data31 == "number" && !(data31 % 1) && !isNaN(data31) && isFinite(data31)))
                                                  return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/plan", schemaPath: "#/properties/spec/properties/timeBudgets/properties/plan/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                                if (errors === _errs69 && typeof data31 == "number" && isFinite(data31)) {
                                                  if (data31 > 3e4 || isNaN(data31))
                                                    return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/plan", schemaPath: "#/properties/spec/properties/timeBudgets/properties/plan/maximum", keyword: "maximum", params: { comparison: "<=", limit: 3e4 }, message: "must be <= 30000" }], !1;
                                                  if (data31 < 100 || isNaN(data31))
                                                    return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/plan", schemaPath: "#/properties/spec/properties/timeBudgets/properties/plan/minimum", keyword: "minimum", params: { comparison: ">=", limit: 100 }, message: "must be >= 100" }], !1;
                                                }
                                                var valid17 = _errs69 === errors;
                                                if (valid17) {
                                                  let data32 = data29.lock, _errs71 = errors;
                                                  if (!(typeof data32 == "number" && !(data32 % 1) && !isNaN(data32) && isFinite(data32)))
                                                    return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/lock", schemaPath: "#/properties/spec/properties/timeBudgets/properties/lock/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                                  if (errors === _errs71 && typeof data32 == "number" && isFinite(data32)) {
                                                    if (data32 > 6e4 || isNaN(data32))
                                                      return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/lock", schemaPath: "#/properties/spec/properties/timeBudgets/properties/lock/maximum", keyword: "maximum", params: { comparison: "<=", limit: 6e4 }, message: "must be <= 60000" }], !1;
                                                    if (data32 < 100 || isNaN(data32))
                                                      return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/lock", schemaPath: "#/properties/spec/properties/timeBudgets/properties/lock/minimum", keyword: "minimum", params: { comparison: ">=", limit: 100 }, message: "must be >= 100" }], !1;
                                                  }
                                                  var valid17 = _errs71 === errors;
                                                  if (valid17) {
                                                    let data33 = data29.delegate, _errs73 = errors;
                                                    if (!(typeof data33 == "number" && !(data33 % 1) && !isNaN(data33) && isFinite(data33)))
                                                      return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/delegate", schemaPath: "#/properties/spec/properties/timeBudgets/properties/delegate/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                                    if (errors === _errs73 && typeof data33 == "number" && isFinite(data33)) {
                                                      if (data33 > 11e4 || isNaN(data33))
                                                        return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/delegate", schemaPath: "#/properties/spec/properties/timeBudgets/properties/delegate/maximum", keyword: "maximum", params: { comparison: "<=", limit: 11e4 }, message: "must be <= 110000" }], !1;
                                                      if (data33 < 100 || isNaN(data33))
                                                        return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/delegate", schemaPath: "#/properties/spec/properties/timeBudgets/properties/delegate/minimum", keyword: "minimum", params: { comparison: ">=", limit: 100 }, message: "must be >= 100" }], !1;
                                                    }
                                                    var valid17 = _errs73 === errors;
                                                    if (valid17) {
                                                      let data34 = data29.add, _errs75 = errors;
                                                      if (!(typeof data34 == "number" && !(data34 % 1) && !isNaN(data34) && isFinite(data34)))
                                                        return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/add", schemaPath: "#/properties/spec/properties/timeBudgets/properties/add/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                                      if (errors === _errs75 && typeof data34 == "number" && isFinite(data34)) {
                                                        if (data34 > 11e4 || isNaN(data34))
                                                          return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/add", schemaPath: "#/properties/spec/properties/timeBudgets/properties/add/maximum", keyword: "maximum", params: { comparison: "<=", limit: 11e4 }, message: "must be <= 110000" }], !1;
                                                        if (data34 < 1e3 || isNaN(data34))
                                                          return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/add", schemaPath: "#/properties/spec/properties/timeBudgets/properties/add/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1e3 }, message: "must be >= 1000" }], !1;
                                                      }
                                                      var valid17 = _errs75 === errors;
                                                      if (valid17) {
                                                        let data35 = data29.del, _errs77 = errors;
                                                        if (!(typeof data35 == "number" && !(data35 % 1) && !isNaN(data35) && isFinite(data35)))
                                                          return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/del", schemaPath: "#/properties/spec/properties/timeBudgets/properties/del/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                                        if (errors === _errs77 && typeof data35 == "number" && isFinite(data35)) {
                                                          if (data35 > 58e3 || isNaN(data35))
                                                            return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/del", schemaPath: "#/properties/spec/properties/timeBudgets/properties/del/maximum", keyword: "maximum", params: { comparison: "<=", limit: 58e3 }, message: "must be <= 58000" }], !1;
                                                          if (data35 < 1e3 || isNaN(data35))
                                                            return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/del", schemaPath: "#/properties/spec/properties/timeBudgets/properties/del/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1e3 }, message: "must be >= 1000" }], !1;
                                                        }
                                                        var valid17 = _errs77 === errors;
                                                        if (valid17) {
                                                          let data36 = data29.status, _errs79 = errors;
                                                          if (!(typeof data36 == "number" && !(data36 % 1) && !isNaN(data36) && isFinite(data36)))
                                                            return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/status", schemaPath: "#/properties/spec/properties/timeBudgets/properties/status/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                                          if (errors === _errs79 && typeof data36 == "number" && isFinite(data36)) {
                                                            if (data36 > 4e3 || isNaN(data36))
                                                              return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/status", schemaPath: "#/properties/spec/properties/timeBudgets/properties/status/maximum", keyword: "maximum", params: { comparison: "<=", limit: 4e3 }, message: "must be <= 4000" }], !1;
                                                            if (data36 < 50 || isNaN(data36))
                                                              return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/status", schemaPath: "#/properties/spec/properties/timeBudgets/properties/status/minimum", keyword: "minimum", params: { comparison: ">=", limit: 50 }, message: "must be >= 50" }], !1;
                                                          }
                                                          var valid17 = _errs79 === errors;
                                                          if (valid17) {
                                                            let data37 = data29.done, _errs81 = errors;
                                                            if (!(typeof data37 == "number" && !(data37 % 1) && !isNaN(data37) && isFinite(data37)))
                                                              return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/done", schemaPath: "#/properties/spec/properties/timeBudgets/properties/done/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                                            if (errors === _errs81 && typeof data37 == "number" && isFinite(data37)) {
                                                              if (data37 > 1e4 || isNaN(data37))
                                                                return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/done", schemaPath: "#/properties/spec/properties/timeBudgets/properties/done/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e4 }, message: "must be <= 10000" }], !1;
                                                              if (data37 < 0 || isNaN(data37))
                                                                return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/done", schemaPath: "#/properties/spec/properties/timeBudgets/properties/done/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
                                                            }
                                                            var valid17 = _errs81 === errors;
                                                          }
                                                        }
                                                      }
                                                    }
                                                  }
                                                }
                                              }
                                            }
                                          } else
                                            return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets", schemaPath: "#/properties/spec/properties/timeBudgets/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                                        var valid2 = _errs64 === errors;
                                      }
                                    }
                                  }
                                }
                              }
                            }
                          }
                        }
                      }
                    }
                  } else
                    return validate10.errors = [{ instancePath: instancePath + "/spec", schemaPath: "#/properties/spec/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                var valid0 = _errs11 === errors;
              }
            }
          }
        }
      }
    } else
      return validate10.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate10.errors = vErrors, errors === 0;
}
export {
  validateWeftConfig
};
