// Generated from src/selection/network-selection-element.schema.ts by hack/codegen/validators.ts; do not edit.
// <stdin>
var validateNetworkSelectionElement = validate10;
function validate10(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null, errors = 0;
  if (errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.name === void 0 && (missing0 = "name"))
        return validate10.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
      if (data.name !== void 0) {
        let _errs2 = errors;
        if (typeof data.name != "string")
          return validate10.errors = [{ instancePath: instancePath + "/name", schemaPath: "#/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
        var valid0 = _errs2 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.namespace !== void 0) {
          let _errs4 = errors;
          if (typeof data.namespace != "string")
            return validate10.errors = [{ instancePath: instancePath + "/namespace", schemaPath: "#/properties/namespace/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
          var valid0 = _errs4 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.interface !== void 0) {
            let _errs6 = errors;
            if (typeof data.interface != "string")
              return validate10.errors = [{ instancePath: instancePath + "/interface", schemaPath: "#/properties/interface/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
            var valid0 = _errs6 === errors;
          } else
            var valid0 = !0;
          if (valid0) {
            if (data.ips !== void 0) {
              let data3 = data.ips, _errs8 = errors;
              if (errors === _errs8)
                if (Array.isArray(data3)) {
                  if (data3.length < 1)
                    return validate10.errors = [{ instancePath: instancePath + "/ips", schemaPath: "#/properties/ips/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" }], !1;
                  {
                    var valid1 = !0;
                    let len0 = data3.length;
                    for (let i0 = 0; i0 < len0; i0++) {
                      let _errs10 = errors;
                      if (typeof data3[i0] != "string")
                        return validate10.errors = [{ instancePath: instancePath + "/ips/" + i0, schemaPath: "#/properties/ips/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                      var valid1 = _errs10 === errors;
                      if (!valid1)
                        break;
                    }
                  }
                } else
                  return validate10.errors = [{ instancePath: instancePath + "/ips", schemaPath: "#/properties/ips/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
              var valid0 = _errs8 === errors;
            } else
              var valid0 = !0;
            if (valid0) {
              if (data.mac !== void 0) {
                let _errs12 = errors;
                if (typeof data.mac != "string")
                  return validate10.errors = [{ instancePath: instancePath + "/mac", schemaPath: "#/properties/mac/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                var valid0 = _errs12 === errors;
              } else
                var valid0 = !0;
              if (valid0) {
                if (data["cni-args"] !== void 0) {
                  let data6 = data["cni-args"], _errs14 = errors;
                  if (errors === _errs14)
                    if (data6 && typeof data6 == "object" && !Array.isArray(data6))
                      for (let key0 in data6) {
                        let _errs16 = errors;
                        if (typeof key0 != "string") {
                          let err0 = { instancePath: instancePath + "/cni-args", schemaPath: "#/properties/cni-args/propertyNames/type", keyword: "type", params: { type: "string" }, message: "must be string", propertyName: key0 };
                          vErrors === null ? vErrors = [err0] : vErrors.push(err0), errors++;
                        }
                        var valid2 = _errs16 === errors;
                        if (!valid2) {
                          let err1 = { instancePath: instancePath + "/cni-args", schemaPath: "#/properties/cni-args/propertyNames", keyword: "propertyNames", params: { propertyName: key0 }, message: "property name must be valid" };
                          return vErrors === null ? vErrors = [err1] : vErrors.push(err1), errors++, validate10.errors = vErrors, !1;
                          break;
                        }
                      }
                    else
                      return validate10.errors = [{ instancePath: instancePath + "/cni-args", schemaPath: "#/properties/cni-args/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                  var valid0 = _errs14 === errors;
                } else
                  var valid0 = !0;
                if (valid0) {
                  if (data.portMappings !== void 0) {
                    let data7 = data.portMappings, _errs19 = errors;
                    if (errors === _errs19)
                      if (Array.isArray(data7)) {
                        if (data7.length < 1)
                          return validate10.errors = [{ instancePath: instancePath + "/portMappings", schemaPath: "#/properties/portMappings/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items" }], !1;
                        {
                          var valid3 = !0;
                          let len1 = data7.length;
                          for (let i1 = 0; i1 < len1; i1++) {
                            let data8 = data7[i1], _errs21 = errors;
                            if (errors === _errs21)
                              if (data8 && typeof data8 == "object" && !Array.isArray(data8)) {
                                let missing1;
                                if (data8.hostPort === void 0 && (missing1 = "hostPort") || data8.containerPort === void 0 && (missing1 = "containerPort"))
                                  return validate10.errors = [{ instancePath: instancePath + "/portMappings/" + i1, schemaPath: "#/properties/portMappings/items/required", keyword: "required", params: { missingProperty: missing1 }, message: "must have required property '" + missing1 + "'" }], !1;
                                if (data8.hostPort !== void 0) {
                                  let data9 = data8.hostPort, _errs24 = errors;
                                  if (!(typeof data9 == "number" && !(data9 % 1) && !isNaN(data9) && isFinite(data9)))
                                    return validate10.errors = [{ instancePath: instancePath + "/portMappings/" + i1 + "/hostPort", schemaPath: "#/properties/portMappings/items/properties/hostPort/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                  if (errors === _errs24 && typeof data9 == "number" && isFinite(data9)) {
                                    if (data9 > 65535 || isNaN(data9))
                                      return validate10.errors = [{ instancePath: instancePath + "/portMappings/" + i1 + "/hostPort", schemaPath: "#/properties/portMappings/items/properties/hostPort/maximum", keyword: "maximum", params: { comparison: "<=", limit: 65535 }, message: "must be <= 65535" }], !1;
                                    if (data9 < 1 || isNaN(data9))
                                      return validate10.errors = [{ instancePath: instancePath + "/portMappings/" + i1 + "/hostPort", schemaPath: "#/properties/portMappings/items/properties/hostPort/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" }], !1;
                                  }
                                  var valid4 = _errs24 === errors;
                                } else
                                  var valid4 = !0;
                                if (valid4) {
                                  if (data8.containerPort !== void 0) {
                                    let data10 = data8.containerPort, _errs26 = errors;
                                    if (!(typeof data10 == "number" && !(data10 % 1) && !isNaN(data10) && isFinite(data10)))
                                      return validate10.errors = [{ instancePath: instancePath + "/portMappings/" + i1 + "/containerPort", schemaPath: "#/properties/portMappings/items/properties/containerPort/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                    if (errors === _errs26 && typeof data10 == "number" && isFinite(data10)) {
                                      if (data10 > 65535 || isNaN(data10))
                                        return validate10.errors = [{ instancePath: instancePath + "/portMappings/" + i1 + "/containerPort", schemaPath: "#/properties/portMappings/items/properties/containerPort/maximum", keyword: "maximum", params: { comparison: "<=", limit: 65535 }, message: "must be <= 65535" }], !1;
                                      if (data10 < 1 || isNaN(data10))
                                        return validate10.errors = [{ instancePath: instancePath + "/portMappings/" + i1 + "/containerPort", schemaPath: "#/properties/portMappings/items/properties/containerPort/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" }], !1;
                                    }
                                    var valid4 = _errs26 === errors;
                                  } else
                                    var valid4 = !0;
                                  if (valid4) {
                                    if (data8.protocol !== void 0) {
                                      let _errs28 = errors;
                                      if (typeof data8.protocol != "string")
                                        return validate10.errors = [{ instancePath: instancePath + "/portMappings/" + i1 + "/protocol", schemaPath: "#/properties/portMappings/items/properties/protocol/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                      var valid4 = _errs28 === errors;
                                    } else
                                      var valid4 = !0;
                                    if (valid4)
                                      if (data8.hostIP !== void 0) {
                                        let _errs30 = errors;
                                        if (typeof data8.hostIP != "string")
                                          return validate10.errors = [{ instancePath: instancePath + "/portMappings/" + i1 + "/hostIP", schemaPath: "#/properties/portMappings/items/properties/hostIP/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                        var valid4 = _errs30 === errors;
                                      } else
                                        var valid4 = !0;
                                  }
                                }
                              } else
                                return validate10.errors = [{ instancePath: instancePath + "/portMappings/" + i1, schemaPath: "#/properties/portMappings/items/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                            var valid3 = _errs21 === errors;
                            if (!valid3)
                              break;
                          }
                        }
                      } else
                        return validate10.errors = [{ instancePath: instancePath + "/portMappings", schemaPath: "#/properties/portMappings/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                    var valid0 = _errs19 === errors;
                  } else
                    var valid0 = !0;
                  if (valid0) {
                    if (data.bandwidth !== void 0) {
                      let data13 = data.bandwidth, _errs32 = errors;
                      if (errors === _errs32)
                        if (data13 && typeof data13 == "object" && !Array.isArray(data13)) {
                          if (data13.ingressRate !== void 0) {
                            let data14 = data13.ingressRate, _errs35 = errors;
                            if (!(typeof data14 == "number" && !(data14 % 1) && !isNaN(data14) && isFinite(data14)))
                              return validate10.errors = [{ instancePath: instancePath + "/bandwidth/ingressRate", schemaPath: "#/properties/bandwidth/properties/ingressRate/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                            if (errors === _errs35 && typeof data14 == "number" && isFinite(data14)) {
                              if (data14 > 9007199254740991 || isNaN(data14))
                                return validate10.errors = [{ instancePath: instancePath + "/bandwidth/ingressRate", schemaPath: "#/properties/bandwidth/properties/ingressRate/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }], !1;
                              if (data14 <= 0 || isNaN(data14))
                                return validate10.errors = [{ instancePath: instancePath + "/bandwidth/ingressRate", schemaPath: "#/properties/bandwidth/properties/ingressRate/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" }], !1;
                            }
                            var valid5 = _errs35 === errors;
                          } else
                            var valid5 = !0;
                          if (valid5) {
                            if (data13.ingressBurst !== void 0) {
                              let data15 = data13.ingressBurst, _errs37 = errors;
                              if (!(typeof data15 == "number" && !(data15 % 1) && !isNaN(data15) && isFinite(data15)))
                                return validate10.errors = [{ instancePath: instancePath + "/bandwidth/ingressBurst", schemaPath: "#/properties/bandwidth/properties/ingressBurst/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                              if (errors === _errs37 && typeof data15 == "number" && isFinite(data15)) {
                                if (data15 > 9007199254740991 || isNaN(data15))
                                  return validate10.errors = [{ instancePath: instancePath + "/bandwidth/ingressBurst", schemaPath: "#/properties/bandwidth/properties/ingressBurst/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }], !1;
                                if (data15 <= 0 || isNaN(data15))
                                  return validate10.errors = [{ instancePath: instancePath + "/bandwidth/ingressBurst", schemaPath: "#/properties/bandwidth/properties/ingressBurst/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" }], !1;
                              }
                              var valid5 = _errs37 === errors;
                            } else
                              var valid5 = !0;
                            if (valid5) {
                              if (data13.egressRate !== void 0) {
                                let data16 = data13.egressRate, _errs39 = errors;
                                if (!(typeof data16 == "number" && !(data16 % 1) && !isNaN(data16) && isFinite(data16)))
                                  return validate10.errors = [{ instancePath: instancePath + "/bandwidth/egressRate", schemaPath: "#/properties/bandwidth/properties/egressRate/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                if (errors === _errs39 && typeof data16 == "number" && isFinite(data16)) {
                                  if (data16 > 9007199254740991 || isNaN(data16))
                                    return validate10.errors = [{ instancePath: instancePath + "/bandwidth/egressRate", schemaPath: "#/properties/bandwidth/properties/egressRate/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }], !1;
                                  if (data16 <= 0 || isNaN(data16))
                                    return validate10.errors = [{ instancePath: instancePath + "/bandwidth/egressRate", schemaPath: "#/properties/bandwidth/properties/egressRate/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" }], !1;
                                }
                                var valid5 = _errs39 === errors;
                              } else
                                var valid5 = !0;
                              if (valid5)
                                if (data13.egressBurst !== void 0) {
                                  let data17 = data13.egressBurst, _errs41 = errors;
                                  if (!(typeof data17 == "number" && !(data17 % 1) && !isNaN(data17) && isFinite(data17)))
                                    return validate10.errors = [{ instancePath: instancePath + "/bandwidth/egressBurst", schemaPath: "#/properties/bandwidth/properties/egressBurst/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                  if (errors === _errs41 && typeof data17 == "number" && isFinite(data17)) {
                                    if (data17 > 9007199254740991 || isNaN(data17))
                                      return validate10.errors = [{ instancePath: instancePath + "/bandwidth/egressBurst", schemaPath: "#/properties/bandwidth/properties/egressBurst/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }], !1;
                                    if (data17 <= 0 || isNaN(data17))
                                      return validate10.errors = [{ instancePath: instancePath + "/bandwidth/egressBurst", schemaPath: "#/properties/bandwidth/properties/egressBurst/exclusiveMinimum", keyword: "exclusiveMinimum", params: { comparison: ">", limit: 0 }, message: "must be > 0" }], !1;
                                  }
                                  var valid5 = _errs41 === errors;
                                } else
                                  var valid5 = !0;
                            }
                          }
                        } else
                          return validate10.errors = [{ instancePath: instancePath + "/bandwidth", schemaPath: "#/properties/bandwidth/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                      var valid0 = _errs32 === errors;
                    } else
                      var valid0 = !0;
                    if (valid0) {
                      if (data["default-route"] !== void 0) {
                        let data18 = data["default-route"], _errs43 = errors;
                        if (errors === _errs43)
                          if (Array.isArray(data18)) {
                            var valid6 = !0;
                            let len2 = data18.length;
                            for (let i2 = 0; i2 < len2; i2++) {
                              let _errs45 = errors;
                              if (typeof data18[i2] != "string")
                                return validate10.errors = [{ instancePath: instancePath + "/default-route/" + i2, schemaPath: "#/properties/default-route/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                              var valid6 = _errs45 === errors;
                              if (!valid6)
                                break;
                            }
                          } else
                            return validate10.errors = [{ instancePath: instancePath + "/default-route", schemaPath: "#/properties/default-route/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                        var valid0 = _errs43 === errors;
                      } else
                        var valid0 = !0;
                      if (valid0) {
                        if (data["infiniband-guid"] !== void 0) {
                          let _errs47 = errors;
                          if (typeof data["infiniband-guid"] != "string")
                            return validate10.errors = [{ instancePath: instancePath + "/infiniband-guid", schemaPath: "#/properties/infiniband-guid/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                          var valid0 = _errs47 === errors;
                        } else
                          var valid0 = !0;
                        if (valid0)
                          if (data["ipam-claim-reference"] !== void 0) {
                            let _errs49 = errors;
                            if (typeof data["ipam-claim-reference"] != "string")
                              return validate10.errors = [{ instancePath: instancePath + "/ipam-claim-reference", schemaPath: "#/properties/ipam-claim-reference/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                            var valid0 = _errs49 === errors;
                          } else
                            var valid0 = !0;
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
      return validate10.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate10.errors = vErrors, errors === 0;
}
export {
  validateNetworkSelectionElement
};
