// Generated from src/api/weft-config.schema.ts by hack/codegen/validators.ts; do not edit.
// <stdin>
var validateWeftConfig = validate10;
var pattern0 = new RegExp("^([A-Za-z0-9][A-Za-z0-9_.-]*|[a-z0-9]([-a-z0-9]*[a-z0-9])?\\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?|\\/[ -~]+\\.(conf|conflist|json))$", "u"), pattern1 = new RegExp("^([A-Za-z0-9][A-Za-z0-9_.-]*|[a-z0-9]([-a-z0-9]*[a-z0-9])?\\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?)$", "u"), pattern2 = new RegExp("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "u"), pattern4 = new RegExp("^\\/[ -9;-~]*$", "u");
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
                    data4.defaultNetworks === void 0 && (data4.defaultNetworks = []), data4.defaultNetworkNamespace === void 0 && (data4.defaultNetworkNamespace = "kube-system"), data4.systemNamespaces === void 0 && (data4.systemNamespaces = ["kube-system"]), data4.pluginDirs === void 0 && (data4.pluginDirs = []), data4.isolation === void 0 && (data4.isolation = {}), data4.timeBudgets === void 0 && (data4.timeBudgets = {});
                    let _errs13 = errors;
                    for (let key1 in data4)
                      if (!(key1 === "defaultNetwork" || key1 === "defaultNetworks" || key1 === "defaultNetworkNamespace" || key1 === "systemNamespaces" || key1 === "readinessIndicatorFile" || key1 === "pluginDirs" || key1 === "isolation" || key1 === "timeBudgets")) {
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
                                      var valid5 = !0;
                                      let len2 = data12.length;
                                      for (let i2 = 0; i2 < len2; i2++) {
                                        let data13 = data12[i2], _errs30 = errors;
                                        if (errors === _errs30)
                                          if (typeof data13 == "string") {
                                            if (!pattern4.test(data13))
                                              return validate10.errors = [{ instancePath: instancePath + "/spec/pluginDirs/" + i2, schemaPath: "#/properties/spec/properties/pluginDirs/items/pattern", keyword: "pattern", params: { pattern: "^\\/[ -9;-~]*$" }, message: 'must match pattern "^\\/[ -9;-~]*$"' }], !1;
                                          } else
                                            return validate10.errors = [{ instancePath: instancePath + "/spec/pluginDirs/" + i2, schemaPath: "#/properties/spec/properties/pluginDirs/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                        var valid5 = _errs30 === errors;
                                        if (!valid5)
                                          break;
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
                                        var valid6 = _errs35 === errors;
                                        if (valid6) {
                                          let data16 = data14.globalNamespaces, _errs37 = errors;
                                          if (errors === _errs37)
                                            if (Array.isArray(data16)) {
                                              var valid7 = !0;
                                              let len3 = data16.length;
                                              for (let i3 = 0; i3 < len3; i3++) {
                                                let data17 = data16[i3], _errs39 = errors;
                                                if (errors === _errs39)
                                                  if (typeof data17 == "string") {
                                                    if (!pattern2.test(data17))
                                                      return validate10.errors = [{ instancePath: instancePath + "/spec/isolation/globalNamespaces/" + i3, schemaPath: "#/properties/spec/properties/isolation/properties/globalNamespaces/items/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" }, message: 'must match pattern "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"' }], !1;
                                                  } else
                                                    return validate10.errors = [{ instancePath: instancePath + "/spec/isolation/globalNamespaces/" + i3, schemaPath: "#/properties/spec/properties/isolation/properties/globalNamespaces/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                                var valid7 = _errs39 === errors;
                                                if (!valid7)
                                                  break;
                                              }
                                            } else
                                              return validate10.errors = [{ instancePath: instancePath + "/spec/isolation/globalNamespaces", schemaPath: "#/properties/spec/properties/isolation/properties/globalNamespaces/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                                          var valid6 = _errs37 === errors;
                                        }
                                      }
                                    } else
                                      return validate10.errors = [{ instancePath: instancePath + "/spec/isolation", schemaPath: "#/properties/spec/properties/isolation/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                                  var valid2 = _errs32 === errors;
                                  if (valid2) {
                                    let data18 = data4.timeBudgets, _errs41 = errors;
                                    if (errors === _errs41)
                                      if (data18 && typeof data18 == "object" && !Array.isArray(data18)) {
                                        data18.connect === void 0 && (data18.connect = 100), data18.plan === void 0 && (data18.plan = 4800), data18.lock === void 0 && (data18.lock = 2e4), data18.delegate === void 0 && (data18.delegate = 3e4), data18.add === void 0 && (data18.add = 6e4), data18.del === void 0 && (data18.del = 5e4), data18.status === void 0 && (data18.status = 1e3), data18.done === void 0 && (data18.done = 1e3);
                                        let _errs43 = errors;
                                        for (let key3 in data18)
                                          if (!(key3 === "connect" || key3 === "plan" || key3 === "lock" || key3 === "delegate" || key3 === "add" || key3 === "del" || key3 === "status" || key3 === "done")) {
                                            return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets", schemaPath: "#/properties/spec/properties/timeBudgets/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" }], !1;
                                            break;
                                          }
                                        if (_errs43 === errors) {
                                          let data19 = data18.connect, _errs44 = errors;
                                          if (!(typeof data19 == "number" && !(data19 % 1) && !isNaN(data19) && isFinite(data19)))
                                            return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/connect", schemaPath: "#/properties/spec/properties/timeBudgets/properties/connect/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                          if (errors === _errs44 && typeof data19 == "number" && isFinite(data19)) {
                                            if (data19 > 5e3 || isNaN(data19))
                                              return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/connect", schemaPath: "#/properties/spec/properties/timeBudgets/properties/connect/maximum", keyword: "maximum", params: { comparison: "<=", limit: 5e3 }, message: "must be <= 5000" }], !1;
                                            if (data19 < 1 || isNaN(data19))
                                              return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/connect", schemaPath: "#/properties/spec/properties/timeBudgets/properties/connect/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" }], !1;
                                          }
                                          var valid8 = _errs44 === errors;
                                          if (valid8) {
                                            let data20 = data18.plan, _errs46 = errors;
                                            if (!(typeof data20 == "number" && !(data20 % 1) && !isNaN(data20) && isFinite(data20)))
                                              return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/plan", schemaPath: "#/properties/spec/properties/timeBudgets/properties/plan/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                            if (errors === _errs46 && typeof data20 == "number" && isFinite(data20)) {
                                              if (data20 > 3e4 || isNaN(data20))
                                                return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/plan", schemaPath: "#/properties/spec/properties/timeBudgets/properties/plan/maximum", keyword: "maximum", params: { comparison: "<=", limit: 3e4 }, message: "must be <= 30000" }], !1;
                                              if (data20 < 100 || isNaN(data20))
                                                return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/plan", schemaPath: "#/properties/spec/properties/timeBudgets/properties/plan/minimum", keyword: "minimum", params: { comparison: ">=", limit: 100 }, message: "must be >= 100" }], !1;
                                            }
                                            var valid8 = _errs46 === errors;
                                            if (valid8) {
                                              let data21 = data18.lock, _errs48 = errors;
                                              if (!(typeof data21 == "number" && !(data21 % 1) && !isNaN(data21) && isFinite(data21)))
                                                return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/lock", schemaPath: "#/properties/spec/properties/timeBudgets/properties/lock/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                              if (errors === _errs48 && typeof data21 == "number" && isFinite(data21)) {
                                                if (data21 > 6e4 || isNaN(data21))
                                                  return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/lock", schemaPath: "#/properties/spec/properties/timeBudgets/properties/lock/maximum", keyword: "maximum", params: { comparison: "<=", limit: 6e4 }, message: "must be <= 60000" }], !1;
                                                if (data21 < 100 || isNaN(data21))
                                                  return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/lock", schemaPath: "#/properties/spec/properties/timeBudgets/properties/lock/minimum", keyword: "minimum", params: { comparison: ">=", limit: 100 }, message: "must be >= 100" }], !1;
                                              }
                                              var valid8 = _errs48 === errors;
                                              if (valid8) {
                                                let data22 = data18.delegate, _errs50 = errors;
                                                if (!(typeof data22 == "number" && !(data22 % 1) && !isNaN(data22) && isFinite(data22)))
                                                  return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/delegate", schemaPath: "#/properties/spec/properties/timeBudgets/properties/delegate/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                                if (errors === _errs50 && typeof data22 == "number" && isFinite(data22)) {
                                                  if (data22 > 11e4 || isNaN(data22))
                                                    return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/delegate", schemaPath: "#/properties/spec/properties/timeBudgets/properties/delegate/maximum", keyword: "maximum", params: { comparison: "<=", limit: 11e4 }, message: "must be <= 110000" }], !1;
                                                  if (data22 < 100 || isNaN(data22))
                                                    return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/delegate", schemaPath: "#/properties/spec/properties/timeBudgets/properties/delegate/minimum", keyword: "minimum", params: { comparison: ">=", limit: 100 }, message: "must be >= 100" }], !1;
                                                }
                                                var valid8 = _errs50 === errors;
                                                if (valid8) {
                                                  let data23 = data18.add, _errs52 = errors;
                                                  if (!(typeof data23 == "number" && !(data23 % 1) && !isNaN(data23) && isFinite(data23)))
                                                    return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/add", schemaPath: "#/properties/spec/properties/timeBudgets/properties/add/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                                  if (errors === _errs52 && typeof data23 == "number" && isFinite(data23)) {
                                                    if (data23 > 11e4 || isNaN(data23))
                                                      return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/add", schemaPath: "#/properties/spec/properties/timeBudgets/properties/add/maximum", keyword: "maximum", params: { comparison: "<=", limit: 11e4 }, message: "must be <= 110000" }], !1;
                                                    if (data23 < 1e3 || isNaN(data23))
                                                      return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/add", schemaPath: "#/properties/spec/properties/timeBudgets/properties/add/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1e3 }, message: "must be >= 1000" }], !1;
                                                  }
                                                  var valid8 = _errs52 === errors;
                                                  if (valid8) {
                                                    let data24 = data18.del, _errs54 = errors;
                                                    if (!(typeof data24 == "number" && !(data24 % 1) && !isNaN(data24) && isFinite(data24)))
                                                      return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/del", schemaPath: "#/properties/spec/properties/timeBudgets/properties/del/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                                    if (errors === _errs54 && typeof data24 == "number" && isFinite(data24)) {
                                                      if (data24 > 58e3 || isNaN(data24))
                                                        return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/del", schemaPath: "#/properties/spec/properties/timeBudgets/properties/del/maximum", keyword: "maximum", params: { comparison: "<=", limit: 58e3 }, message: "must be <= 58000" }], !1;
                                                      if (data24 < 1e3 || isNaN(data24))
                                                        return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/del", schemaPath: "#/properties/spec/properties/timeBudgets/properties/del/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1e3 }, message: "must be >= 1000" }], !1;
                                                    }
                                                    var valid8 = _errs54 === errors;
                                                    if (valid8) {
                                                      let data25 = data18.status, _errs56 = errors;
                                                      if (!(typeof data25 == "number" && !(data25 % 1) && !isNaN(data25) && isFinite(data25)))
                                                        return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/status", schemaPath: "#/properties/spec/properties/timeBudgets/properties/status/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                                      if (errors === _errs56 && typeof data25 == "number" && isFinite(data25)) {
                                                        if (data25 > 4e3 || isNaN(data25))
                                                          return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/status", schemaPath: "#/properties/spec/properties/timeBudgets/properties/status/maximum", keyword: "maximum", params: { comparison: "<=", limit: 4e3 }, message: "must be <= 4000" }], !1;
                                                        if (data25 < 50 || isNaN(data25))
                                                          return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/status", schemaPath: "#/properties/spec/properties/timeBudgets/properties/status/minimum", keyword: "minimum", params: { comparison: ">=", limit: 50 }, message: "must be >= 50" }], !1;
                                                      }
                                                      var valid8 = _errs56 === errors;
                                                      if (valid8) {
                                                        let data26 = data18.done, _errs58 = errors;
                                                        if (!(typeof data26 == "number" && !(data26 % 1) && !isNaN(data26) && isFinite(data26)))
                                                          return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/done", schemaPath: "#/properties/spec/properties/timeBudgets/properties/done/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                                        if (errors === _errs58 && typeof data26 == "number" && isFinite(data26)) {
                                                          if (data26 > 1e4 || isNaN(data26))
                                                            return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/done", schemaPath: "#/properties/spec/properties/timeBudgets/properties/done/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e4 }, message: "must be <= 10000" }], !1;
                                                          if (data26 < 0 || isNaN(data26))
                                                            return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/done", schemaPath: "#/properties/spec/properties/timeBudgets/properties/done/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
                                                        }
                                                        var valid8 = _errs58 === errors;
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
                                    var valid2 = _errs41 === errors;
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
