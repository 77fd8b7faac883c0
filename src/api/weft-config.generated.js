// Generated from src/api/weft-config.schema.ts by hack/codegen/validators.ts; do not edit.
// <stdin>
var validateWeftConfig = validate10;
var pattern0 = new RegExp("^[A-Za-z0-9][A-Za-z0-9_.-]*$", "u"), pattern1 = new RegExp("^[a-z0-9]([-a-z0-9]*[a-z0-9])?\\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?$", "u"), pattern2 = new RegExp("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "u");
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
                    data4.defaultNetworks === void 0 && (data4.defaultNetworks = []), data4.isolation === void 0 && (data4.isolation = {}), data4.timeBudgets === void 0 && (data4.timeBudgets = {});
                    let _errs13 = errors;
                    for (let key1 in data4)
                      if (!(key1 === "defaultNetwork" || key1 === "defaultNetworks" || key1 === "isolation" || key1 === "timeBudgets")) {
                        return validate10.errors = [{ instancePath: instancePath + "/spec", schemaPath: "#/properties/spec/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key1 }, message: "must NOT have additional properties" }], !1;
                        break;
                      }
                    if (_errs13 === errors) {
                      if (data4.defaultNetwork !== void 0) {
                        let data5 = data4.defaultNetwork, _errs14 = errors;
                        if (errors === _errs14)
                          if (typeof data5 == "string") {
                            if (!pattern0.test(data5))
                              return validate10.errors = [{ instancePath: instancePath + "/spec/defaultNetwork", schemaPath: "#/properties/spec/properties/defaultNetwork/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]*$" }, message: 'must match pattern "^[A-Za-z0-9][A-Za-z0-9_.-]*$"' }], !1;
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
                                      return validate10.errors = [{ instancePath: instancePath + "/spec/defaultNetworks/" + i0, schemaPath: "#/properties/spec/properties/defaultNetworks/items/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?\\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?$" }, message: 'must match pattern "^[a-z0-9]([-a-z0-9]*[a-z0-9])?\\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"' }], !1;
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
                          let data8 = data4.isolation, _errs20 = errors;
                          if (errors === _errs20)
                            if (data8 && typeof data8 == "object" && !Array.isArray(data8)) {
                              data8.enabled === void 0 && (data8.enabled = !1), data8.globalNamespaces === void 0 && (data8.globalNamespaces = ["default"]);
                              let _errs22 = errors;
                              for (let key2 in data8)
                                if (!(key2 === "enabled" || key2 === "globalNamespaces")) {
                                  return validate10.errors = [{ instancePath: instancePath + "/spec/isolation", schemaPath: "#/properties/spec/properties/isolation/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key2 }, message: "must NOT have additional properties" }], !1;
                                  break;
                                }
                              if (_errs22 === errors) {
                                let _errs23 = errors;
                                if (typeof data8.enabled != "boolean")
                                  return validate10.errors = [{ instancePath: instancePath + "/spec/isolation/enabled", schemaPath: "#/properties/spec/properties/isolation/properties/enabled/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }], !1;
                                var valid4 = _errs23 === errors;
                                if (valid4) {
                                  let data10 = data8.globalNamespaces, _errs25 = errors;
                                  if (errors === _errs25)
                                    if (Array.isArray(data10)) {
                                      var valid5 = !0;
                                      let len1 = data10.length;
                                      for (let i1 = 0; i1 < len1; i1++) {
                                        let data11 = data10[i1], _errs27 = errors;
                                        if (errors === _errs27)
                                          if (typeof data11 == "string") {
                                            if (!pattern2.test(data11))
                                              return validate10.errors = [{ instancePath: instancePath + "/spec/isolation/globalNamespaces/" + i1, schemaPath: "#/properties/spec/properties/isolation/properties/globalNamespaces/items/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" }, message: 'must match pattern "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"' }], !1;
                                          } else
                                            return validate10.errors = [{ instancePath: instancePath + "/spec/isolation/globalNamespaces/" + i1, schemaPath: "#/properties/spec/properties/isolation/properties/globalNamespaces/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                        var valid5 = _errs27 === errors;
                                        if (!valid5)
                                          break;
                                      }
                                    } else
                                      return validate10.errors = [{ instancePath: instancePath + "/spec/isolation/globalNamespaces", schemaPath: "#/properties/spec/properties/isolation/properties/globalNamespaces/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                                  var valid4 = _errs25 === errors;
                                }
                              }
                            } else
                              return validate10.errors = [{ instancePath: instancePath + "/spec/isolation", schemaPath: "#/properties/spec/properties/isolation/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                          var valid2 = _errs20 === errors;
                          if (valid2) {
                            let data12 = data4.timeBudgets, _errs29 = errors;
                            if (errors === _errs29)
                              if (data12 && typeof data12 == "object" && !Array.isArray(data12)) {
                                data12.connect === void 0 && (data12.connect = 100), data12.plan === void 0 && (data12.plan = 4800), data12.lock === void 0 && (data12.lock = 2e4), data12.delegate === void 0 && (data12.delegate = 3e4), data12.add === void 0 && (data12.add = 6e4), data12.del === void 0 && (data12.del = 5e4), data12.status === void 0 && (data12.status = 1e3), data12.done === void 0 && (data12.done = 1e3);
                                let _errs31 = errors;
                                for (let key3 in data12)
                                  if (!(key3 === "connect" || key3 === "plan" || key3 === "lock" || key3 === "delegate" || key3 === "add" || key3 === "del" || key3 === "status" || key3 === "done")) {
                                    return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets", schemaPath: "#/properties/spec/properties/timeBudgets/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key3 }, message: "must NOT have additional properties" }], !1;
                                    break;
                                  }
                                if (_errs31 === errors) {
                                  let data13 = data12.connect, _errs32 = errors;
                                  if (!(typeof data13 == "number" && !(data13 % 1) && !isNaN(data13) && isFinite(data13)))
                                    return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/connect", schemaPath: "#/properties/spec/properties/timeBudgets/properties/connect/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                  if (errors === _errs32 && typeof data13 == "number" && isFinite(data13)) {
                                    if (data13 > 5e3 || isNaN(data13))
                                      return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/connect", schemaPath: "#/properties/spec/properties/timeBudgets/properties/connect/maximum", keyword: "maximum", params: { comparison: "<=", limit: 5e3 }, message: "must be <= 5000" }], !1;
                                    if (data13 < 1 || isNaN(data13))
                                      return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/connect", schemaPath: "#/properties/spec/properties/timeBudgets/properties/connect/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" }], !1;
                                  }
                                  var valid6 = _errs32 === errors;
                                  if (valid6) {
                                    let data14 = data12.plan, _errs34 = errors;
                                    if (!(typeof data14 == "number" && !(data14 % 1) && !isNaN(data14) && isFinite(data14)))
                                      return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/plan", schemaPath: "#/properties/spec/properties/timeBudgets/properties/plan/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                    if (errors === _errs34 && typeof data14 == "number" && isFinite(data14)) {
                                      if (data14 > 3e4 || isNaN(data14))
                                        return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/plan", schemaPath: "#/properties/spec/properties/timeBudgets/properties/plan/maximum", keyword: "maximum", params: { comparison: "<=", limit: 3e4 }, message: "must be <= 30000" }], !1;
                                      if (data14 < 100 || isNaN(data14))
                                        return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/plan", schemaPath: "#/properties/spec/properties/timeBudgets/properties/plan/minimum", keyword: "minimum", params: { comparison: ">=", limit: 100 }, message: "must be >= 100" }], !1;
                                    }
                                    var valid6 = _errs34 === errors;
                                    if (valid6) {
                                      let data15 = data12.lock, _errs36 = errors;
                                      if (!(typeof data15 == "number" && !(data15 % 1) && !isNaN(data15) && isFinite(data15)))
                                        return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/lock", schemaPath: "#/properties/spec/properties/timeBudgets/properties/lock/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                      if (errors === _errs36 && typeof data15 == "number" && isFinite(data15)) {
                                        if (data15 > 6e4 || isNaN(data15))
                                          return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/lock", schemaPath: "#/properties/spec/properties/timeBudgets/properties/lock/maximum", keyword: "maximum", params: { comparison: "<=", limit: 6e4 }, message: "must be <= 60000" }], !1;
                                        if (data15 < 100 || isNaN(data15))
                                          return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/lock", schemaPath: "#/properties/spec/properties/timeBudgets/properties/lock/minimum", keyword: "minimum", params: { comparison: ">=", limit: 100 }, message: "must be >= 100" }], !1;
                                      }
                                      var valid6 = _errs36 === errors;
                                      if (valid6) {
                                        let data16 = data12.delegate, _errs38 = errors;
                                        if (!(typeof data16 == "number" && !(data16 % 1) && !isNaN(data16) && isFinite(data16)))
                                          return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/delegate", schemaPath: "#/properties/spec/properties/timeBudgets/properties/delegate/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                        if (errors === _errs38 && typeof data16 == "number" && isFinite(data16)) {
                                          if (data16 > 11e4 || isNaN(data16))
                                            return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/delegate", schemaPath: "#/properties/spec/properties/timeBudgets/properties/delegate/maximum", keyword: "maximum", params: { comparison: "<=", limit: 11e4 }, message: "must be <= 110000" }], !1;
                                          if (data16 < 100 || isNaN(data16))
                                            return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/delegate", schemaPath: "#/properties/spec/properties/timeBudgets/properties/delegate/minimum", keyword: "minimum", params: { comparison: ">=", limit: 100 }, message: "must be >= 100" }], !1;
                                        }
                                        var valid6 = _errs38 === errors;
                                        if (valid6) {
                                          let data17 = data12.add, _errs40 = errors;
                                          if (!(typeof data17 == "number" && !(data17 % 1) && !isNaN(data17) && isFinite(data17)))
                                            return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/add", schemaPath: "#/properties/spec/properties/timeBudgets/properties/add/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                          if (errors === _errs40 && typeof data17 == "number" && isFinite(data17)) {
                                            if (data17 > 11e4 || isNaN(data17))
                                              return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/add", schemaPath: "#/properties/spec/properties/timeBudgets/properties/add/maximum", keyword: "maximum", params: { comparison: "<=", limit: 11e4 }, message: "must be <= 110000" }], !1;
                                            if (data17 < 1e3 || isNaN(data17))
                                              return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/add", schemaPath: "#/properties/spec/properties/timeBudgets/properties/add/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1e3 }, message: "must be >= 1000" }], !1;
                                          }
                                          var valid6 = _errs40 === errors;
                                          if (valid6) {
                                            let data18 = data12.del, _errs42 = errors;
                                            if (!(typeof data18 == "number" && !(data18 % 1) && !isNaN(data18) && isFinite(data18)))
                                              return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/del", schemaPath: "#/properties/spec/properties/timeBudgets/properties/del/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                            if (errors === _errs42 && typeof data18 == "number" && isFinite(data18)) {
                                              if (data18 > 58e3 || isNaN(data18))
                                                return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/del", schemaPath: "#/properties/spec/properties/timeBudgets/properties/del/maximum", keyword: "maximum", params: { comparison: "<=", limit: 58e3 }, message: "must be <= 58000" }], !1;
                                              if (data18 < 1e3 || isNaN(data18))
                                                return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/del", schemaPath: "#/properties/spec/properties/timeBudgets/properties/del/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1e3 }, message: "must be >= 1000" }], !1;
                                            }
                                            var valid6 = _errs42 === errors;
                                            if (valid6) {
                                              let data19 = data12.status, _errs44 = errors;
                                              if (!(typeof data19 == "number" && !(data19 % 1) && !isNaN(data19) && isFinite(data19)))
                                                return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/status", schemaPath: "#/properties/spec/properties/timeBudgets/properties/status/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                              if (errors === _errs44 && typeof data19 == "number" && isFinite(data19)) {
                                                if (data19 > 4e3 || isNaN(data19))
                                                  return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/status", schemaPath: "#/properties/spec/properties/timeBudgets/properties/status/maximum", keyword: "maximum", params: { comparison: "<=", limit: 4e3 }, message: "must be <= 4000" }], !1;
                                                if (data19 < 50 || isNaN(data19))
                                                  return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/status", schemaPath: "#/properties/spec/properties/timeBudgets/properties/status/minimum", keyword: "minimum", params: { comparison: ">=", limit: 50 }, message: "must be >= 50" }], !1;
                                              }
                                              var valid6 = _errs44 === errors;
                                              if (valid6) {
                                                let data20 = data12.done, _errs46 = errors;
                                                if (!(typeof data20 == "number" && !(data20 % 1) && !isNaN(data20) && isFinite(data20)))
                                                  return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/done", schemaPath: "#/properties/spec/properties/timeBudgets/properties/done/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                                if (errors === _errs46 && typeof data20 == "number" && isFinite(data20)) {
                                                  if (data20 > 1e4 || isNaN(data20))
                                                    return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/done", schemaPath: "#/properties/spec/properties/timeBudgets/properties/done/maximum", keyword: "maximum", params: { comparison: "<=", limit: 1e4 }, message: "must be <= 10000" }], !1;
                                                  if (data20 < 0 || isNaN(data20))
                                                    return validate10.errors = [{ instancePath: instancePath + "/spec/timeBudgets/done", schemaPath: "#/properties/spec/properties/timeBudgets/properties/done/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
                                                }
                                                var valid6 = _errs46 === errors;
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
                            var valid2 = _errs29 === errors;
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
