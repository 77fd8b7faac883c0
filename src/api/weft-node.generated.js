// Generated from src/api/weft-node.schema.ts by hack/codegen/validators.ts; do not edit.
var __getOwnPropNames = Object.getOwnPropertyNames;
var __commonJS = (cb, mod) => function() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e) {
    throw mod = 0, e;
  }
};

// node_modules/ajv/dist/runtime/ucs2length.js
var require_ucs2length = __commonJS({
  "node_modules/ajv/dist/runtime/ucs2length.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: !0 });
    function ucs2length(str) {
      let len = str.length, length = 0, pos = 0, value;
      for (; pos < len; )
        length++, value = str.charCodeAt(pos++), value >= 55296 && value <= 56319 && pos < len && (value = str.charCodeAt(pos), (value & 64512) === 56320 && pos++);
      return length;
    }
    exports.default = ucs2length;
    ucs2length.code = 'require("ajv/dist/runtime/ucs2length").default';
  }
});

// <stdin>
var validateWeftNode = validate10, schema11 = { $schema: "http://json-schema.org/draft-07/schema#", type: "object", properties: { apiVersion: { type: "string", const: "weft.dev/v1alpha1" }, kind: { type: "string", const: "WeftNode" }, metadata: { type: "object", properties: { name: { type: "string", pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$" } }, required: ["name"], additionalProperties: {} }, status: { type: "object", properties: { version: { type: "string", description: "Version of the agent." }, plugins: { type: "object", properties: { count: { type: "integer", minimum: 0, maximum: 9007199254740991, description: "How many types there are." }, types: { type: "array", items: { type: "string" }, description: "Types of the plugins that are there." }, unseen: { type: "array", items: { type: "string" }, description: "Directories that the agent cannot look into; a plugin may be there all the same." } }, required: ["count", "types"], additionalProperties: {}, description: "CNI plugins of the node." }, links: { maxItems: 1e3, type: "array", items: { type: "object", properties: { name: { type: "string", minLength: 1, maxLength: 15, description: "Its name." } }, required: ["name"], additionalProperties: {} }, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"], description: "Links of the node that a network may name as its parent." }, defaultNetwork: { type: "object", properties: { name: { type: "string", description: "The name in its configuration." }, source: { type: "string", description: "Path of the file, or NAMESPACE/NAME of the NetworkAttachmentDefinition." } }, required: ["name", "source"], additionalProperties: {}, description: "The default network; absent: there is none." }, conf: { type: "object", properties: { first: { type: "boolean", description: "True: the runtime takes the configuration of weft." }, remove: { type: "array", items: { type: "string" }, description: "Files that it takes instead; remove them." } }, required: ["first"], additionalProperties: {}, description: "Whether the runtime calls weft." }, attachments: { type: "object", properties: { count: { type: "integer", minimum: 0, maximum: 9007199254740991, description: "Of all networks." }, outdated: { type: "integer", minimum: 0, maximum: 9007199254740991, description: "Those made with a configuration that their network no longer has." }, networks: { maxItems: 1e3, type: "array", items: { type: "object", properties: { network: { type: "string", description: "NAMESPACE/NAME, or the name of a network from a file." }, count: { type: "integer", minimum: 0, maximum: 9007199254740991, description: "Attachments of the network on this node." }, outdated: { type: "integer", minimum: 0, maximum: 9007199254740991, description: "Those made with a configuration that it no longer has." } }, required: ["network", "count", "outdated"], additionalProperties: {} }, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["network"], description: "By network." } }, required: ["count", "outdated"], additionalProperties: {}, description: "Attachments of the pods of the node." }, leftovers: { type: "object", properties: { count: { type: "integer", minimum: 0, maximum: 9007199254740991, description: "How many there are." }, oldest: { type: "string", format: "date-time", description: "When the undo of the oldest failed first." } }, required: ["count"], additionalProperties: {}, description: "Attachments that no DEL could undo." }, conditions: { type: "array", items: { type: "object", properties: { type: { type: "string", maxLength: 316, pattern: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$", description: "What is judged." }, status: { type: "string", enum: ["True", "False", "Unknown"] }, observedGeneration: { type: "integer", minimum: 0, maximum: 9007199254740991, format: "int64", description: "The metadata.generation that was judged." }, lastTransitionTime: { type: "string", format: "date-time", description: "When status became what it is." }, reason: { type: "string", minLength: 1, maxLength: 1024, pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$", description: "The cause in one word, for machines." }, message: { type: "string", maxLength: 32768, description: "The cause in a sentence, for people." } }, required: ["type", "status", "lastTransitionTime", "reason", "message"], additionalProperties: {} }, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"], description: "Ready: pods of the node can be attached. Degraded: something is odd but keeps no pod from starting." } }, additionalProperties: {}, description: "What weft is and has on the node." } }, required: ["apiVersion", "kind", "metadata"], additionalProperties: {}, description: "What weft is and has on one node. Written by its agent; changes by others are undone.", $id: "validateWeftNode" }, pattern0 = new RegExp("^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", "u"), pattern1 = new RegExp("^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$", "u"), pattern2 = new RegExp("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$", "u"), func2 = require_ucs2length().default;
function validate10(data, { instancePath = "", parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null, errors = 0;
  if (errors === 0)
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.apiVersion === void 0 && (missing0 = "apiVersion") || data.kind === void 0 && (missing0 = "kind") || data.metadata === void 0 && (missing0 = "metadata"))
        return validate10.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }], !1;
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
          if (data1 !== "WeftNode")
            return validate10.errors = [{ instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "WeftNode" }, message: "must be equal to constant" }], !1;
          var valid0 = _errs4 === errors;
        } else
          var valid0 = !0;
        if (valid0) {
          if (data.metadata !== void 0) {
            let data2 = data.metadata, _errs6 = errors;
            if (errors === _errs6)
              if (data2 && typeof data2 == "object" && !Array.isArray(data2)) {
                let missing1;
                if (data2.name === void 0 && (missing1 = "name"))
                  return validate10.errors = [{ instancePath: instancePath + "/metadata", schemaPath: "#/properties/metadata/required", keyword: "required", params: { missingProperty: missing1 }, message: "must have required property '" + missing1 + "'" }], !1;
                if (data2.name !== void 0) {
                  let data3 = data2.name;
                  if (errors === errors)
                    if (typeof data3 == "string") {
                      if (!pattern0.test(data3))
                        return validate10.errors = [{ instancePath: instancePath + "/metadata/name", schemaPath: "#/properties/metadata/properties/name/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$" }, message: 'must match pattern "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"' }], !1;
                    } else
                      return validate10.errors = [{ instancePath: instancePath + "/metadata/name", schemaPath: "#/properties/metadata/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                }
              } else
                return validate10.errors = [{ instancePath: instancePath + "/metadata", schemaPath: "#/properties/metadata/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
            var valid0 = _errs6 === errors;
          } else
            var valid0 = !0;
          if (valid0)
            if (data.status !== void 0) {
              let data4 = data.status, _errs11 = errors;
              if (errors === _errs11)
                if (data4 && typeof data4 == "object" && !Array.isArray(data4)) {
                  if (data4.version !== void 0) {
                    let _errs14 = errors;
                    if (typeof data4.version != "string")
                      return validate10.errors = [{ instancePath: instancePath + "/status/version", schemaPath: "#/properties/status/properties/version/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                    var valid2 = _errs14 === errors;
                  } else
                    var valid2 = !0;
                  if (valid2) {
                    if (data4.plugins !== void 0) {
                      let data6 = data4.plugins, _errs16 = errors;
                      if (errors === _errs16)
                        if (data6 && typeof data6 == "object" && !Array.isArray(data6)) {
                          let missing2;
                          if (data6.count === void 0 && (missing2 = "count") || data6.types === void 0 && (missing2 = "types"))
                            return validate10.errors = [{ instancePath: instancePath + "/status/plugins", schemaPath: "#/properties/status/properties/plugins/required", keyword: "required", params: { missingProperty: missing2 }, message: "must have required property '" + missing2 + "'" }], !1;
                          if (data6.count !== void 0) {
                            let data7 = data6.count, _errs19 = errors;
                            if (!(typeof data7 == "number" && !(data7 % 1) && !isNaN(data7) && isFinite(data7)))
                              return validate10.errors = [{ instancePath: instancePath + "/status/plugins/count", schemaPath: "#/properties/status/properties/plugins/properties/count/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                            if (errors === _errs19 && typeof data7 == "number" && isFinite(data7)) {
                              if (data7 > 9007199254740991 || isNaN(data7))
                                return validate10.errors = [{ instancePath: instancePath + "/status/plugins/count", schemaPath: "#/properties/status/properties/plugins/properties/count/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }], !1;
                              if (data7 < 0 || isNaN(data7))
                                return validate10.errors = [{ instancePath: instancePath + "/status/plugins/count", schemaPath: "#/properties/status/properties/plugins/properties/count/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
                            }
                            var valid3 = _errs19 === errors;
                          } else
                            var valid3 = !0;
                          if (valid3) {
                            if (data6.types !== void 0) {
                              let data8 = data6.types, _errs21 = errors;
                              if (errors === _errs21)
                                if (Array.isArray(data8)) {
                                  var valid4 = !0;
                                  let len0 = data8.length;
                                  for (let i0 = 0; i0 < len0; i0++) {
                                    let _errs23 = errors;
                                    if (typeof data8[i0] != "string")
                                      return validate10.errors = [{ instancePath: instancePath + "/status/plugins/types/" + i0, schemaPath: "#/properties/status/properties/plugins/properties/types/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                    var valid4 = _errs23 === errors;
                                    if (!valid4)
                                      break;
                                  }
                                } else
                                  return validate10.errors = [{ instancePath: instancePath + "/status/plugins/types", schemaPath: "#/properties/status/properties/plugins/properties/types/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                              var valid3 = _errs21 === errors;
                            } else
                              var valid3 = !0;
                            if (valid3)
                              if (data6.unseen !== void 0) {
                                let data10 = data6.unseen, _errs25 = errors;
                                if (errors === _errs25)
                                  if (Array.isArray(data10)) {
                                    var valid5 = !0;
                                    let len1 = data10.length;
                                    for (let i1 = 0; i1 < len1; i1++) {
                                      let _errs27 = errors;
                                      if (typeof data10[i1] != "string")
                                        return validate10.errors = [{ instancePath: instancePath + "/status/plugins/unseen/" + i1, schemaPath: "#/properties/status/properties/plugins/properties/unseen/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                      var valid5 = _errs27 === errors;
                                      if (!valid5)
                                        break;
                                    }
                                  } else
                                    return validate10.errors = [{ instancePath: instancePath + "/status/plugins/unseen", schemaPath: "#/properties/status/properties/plugins/properties/unseen/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                                var valid3 = _errs25 === errors;
                              } else
                                var valid3 = !0;
                          }
                        } else
                          return validate10.errors = [{ instancePath: instancePath + "/status/plugins", schemaPath: "#/properties/status/properties/plugins/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                      var valid2 = _errs16 === errors;
                    } else
                      var valid2 = !0;
                    if (valid2) {
                      if (data4.links !== void 0) {
                        let data12 = data4.links, _errs29 = errors;
                        if (errors === _errs29)
                          if (Array.isArray(data12)) {
                            if (data12.length > 1e3)
                              return validate10.errors = [{ instancePath: instancePath + "/status/links", schemaPath: "#/properties/status/properties/links/maxItems", keyword: "maxItems", params: { limit: 1e3 }, message: "must NOT have more than 1000 items" }], !1;
                            {
                              var valid6 = !0;
                              let len2 = data12.length;
                              for (let i2 = 0; i2 < len2; i2++) {
                                let data13 = data12[i2], _errs31 = errors;
                                if (errors === _errs31)
                                  if (data13 && typeof data13 == "object" && !Array.isArray(data13)) {
                                    let missing3;
                                    if (data13.name === void 0 && (missing3 = "name"))
                                      return validate10.errors = [{ instancePath: instancePath + "/status/links/" + i2, schemaPath: "#/properties/status/properties/links/items/required", keyword: "required", params: { missingProperty: missing3 }, message: "must have required property '" + missing3 + "'" }], !1;
                                    if (data13.name !== void 0) {
                                      let data14 = data13.name;
                                      if (errors === errors)
                                        if (typeof data14 == "string") {
                                          if (func2(data14) > 15)
                                            return validate10.errors = [{ instancePath: instancePath + "/status/links/" + i2 + "/name", schemaPath: "#/properties/status/properties/links/items/properties/name/maxLength", keyword: "maxLength", params: { limit: 15 }, message: "must NOT have more than 15 characters" }], !1;
                                          if (func2(data14) < 1)
                                            return validate10.errors = [{ instancePath: instancePath + "/status/links/" + i2 + "/name", schemaPath: "#/properties/status/properties/links/items/properties/name/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
                                        } else
                                          return validate10.errors = [{ instancePath: instancePath + "/status/links/" + i2 + "/name", schemaPath: "#/properties/status/properties/links/items/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                    }
                                  } else
                                    return validate10.errors = [{ instancePath: instancePath + "/status/links/" + i2, schemaPath: "#/properties/status/properties/links/items/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                                var valid6 = _errs31 === errors;
                                if (!valid6)
                                  break;
                              }
                            }
                          } else
                            return validate10.errors = [{ instancePath: instancePath + "/status/links", schemaPath: "#/properties/status/properties/links/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                        var valid2 = _errs29 === errors;
                      } else
                        var valid2 = !0;
                      if (valid2) {
                        if (data4.defaultNetwork !== void 0) {
                          let data15 = data4.defaultNetwork, _errs36 = errors;
                          if (errors === _errs36)
                            if (data15 && typeof data15 == "object" && !Array.isArray(data15)) {
                              let missing4;
                              if (data15.name === void 0 && (missing4 = "name") || data15.source === void 0 && (missing4 = "source"))
                                return validate10.errors = [{ instancePath: instancePath + "/status/defaultNetwork", schemaPath: "#/properties/status/properties/defaultNetwork/required", keyword: "required", params: { missingProperty: missing4 }, message: "must have required property '" + missing4 + "'" }], !1;
                              if (data15.name !== void 0) {
                                let _errs39 = errors;
                                if (typeof data15.name != "string")
                                  return validate10.errors = [{ instancePath: instancePath + "/status/defaultNetwork/name", schemaPath: "#/properties/status/properties/defaultNetwork/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                var valid8 = _errs39 === errors;
                              } else
                                var valid8 = !0;
                              if (valid8)
                                if (data15.source !== void 0) {
                                  let _errs41 = errors;
                                  if (typeof data15.source != "string")
                                    return validate10.errors = [{ instancePath: instancePath + "/status/defaultNetwork/source", schemaPath: "#/properties/status/properties/defaultNetwork/properties/source/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                  var valid8 = _errs41 === errors;
                                } else
                                  var valid8 = !0;
                            } else
                              return validate10.errors = [{ instancePath: instancePath + "/status/defaultNetwork", schemaPath: "#/properties/status/properties/defaultNetwork/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                          var valid2 = _errs36 === errors;
                        } else
                          var valid2 = !0;
                        if (valid2) {
                          if (data4.conf !== void 0) {
                            let data18 = data4.conf, _errs43 = errors;
                            if (errors === _errs43)
                              if (data18 && typeof data18 == "object" && !Array.isArray(data18)) {
                                let missing5;
                                if (data18.first === void 0 && (missing5 = "first"))
                                  return validate10.errors = [{ instancePath: instancePath + "/status/conf", schemaPath: "#/properties/status/properties/conf/required", keyword: "required", params: { missingProperty: missing5 }, message: "must have required property '" + missing5 + "'" }], !1;
                                if (data18.first !== void 0) {
                                  let _errs46 = errors;
                                  if (typeof data18.first != "boolean")
                                    return validate10.errors = [{ instancePath: instancePath + "/status/conf/first", schemaPath: "#/properties/status/properties/conf/properties/first/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean" }], !1;
                                  var valid9 = _errs46 === errors;
                                } else
                                  var valid9 = !0;
                                if (valid9)
                                  if (data18.remove !== void 0) {
                                    let data20 = data18.remove, _errs48 = errors;
                                    if (errors === _errs48)
                                      if (Array.isArray(data20)) {
                                        var valid10 = !0;
                                        let len3 = data20.length;
                                        for (let i3 = 0; i3 < len3; i3++) {
                                          let _errs50 = errors;
                                          if (typeof data20[i3] != "string")
                                            return validate10.errors = [{ instancePath: instancePath + "/status/conf/remove/" + i3, schemaPath: "#/properties/status/properties/conf/properties/remove/items/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                          var valid10 = _errs50 === errors;
                                          if (!valid10)
                                            break;
                                        }
                                      } else
                                        return validate10.errors = [{ instancePath: instancePath + "/status/conf/remove", schemaPath: "#/properties/status/properties/conf/properties/remove/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                                    var valid9 = _errs48 === errors;
                                  } else
                                    var valid9 = !0;
                              } else
                                return validate10.errors = [{ instancePath: instancePath + "/status/conf", schemaPath: "#/properties/status/properties/conf/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                            var valid2 = _errs43 === errors;
                          } else
                            var valid2 = !0;
                          if (valid2) {
                            if (data4.attachments !== void 0) {
                              let data22 = data4.attachments, _errs52 = errors;
                              if (errors === _errs52)
                                if (data22 && typeof data22 == "object" && !Array.isArray(data22)) {
                                  let missing6;
                                  if (data22.count === void 0 && (missing6 = "count") || data22.outdated === void 0 && (missing6 = "outdated"))
                                    return validate10.errors = [{ instancePath: instancePath + "/status/attachments", schemaPath: "#/properties/status/properties/attachments/required", keyword: "required", params: { missingProperty: missing6 }, message: "must have required property '" + missing6 + "'" }], !1;
                                  if (data22.count !== void 0) {
                                    let data23 = data22.count, _errs55 = errors;
                                    if (!(typeof data23 == "number" && !(data23 % 1) && !isNaN(data23) && isFinite(data23)))
                                      return validate10.errors = [{ instancePath: instancePath + "/status/attachments/count", schemaPath: "#/properties/status/properties/attachments/properties/count/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                    if (errors === _errs55 && typeof data23 == "number" && isFinite(data23)) {
                                      if (data23 > 9007199254740991 || isNaN(data23))
                                        return validate10.errors = [{ instancePath: instancePath + "/status/attachments/count", schemaPath: "#/properties/status/properties/attachments/properties/count/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }], !1;
                                      if (data23 < 0 || isNaN(data23))
                                        return validate10.errors = [{ instancePath: instancePath + "/status/attachments/count", schemaPath: "#/properties/status/properties/attachments/properties/count/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
                                    }
                                    var valid11 = _errs55 === errors;
                                  } else
                                    var valid11 = !0;
                                  if (valid11) {
                                    if (data22.outdated !== void 0) {
                                      let data24 = data22.outdated, _errs57 = errors;
                                      if (!(typeof data24 == "number" && !(data24 % 1) && !isNaN(data24) && isFinite(data24)))
                                        return validate10.errors = [{ instancePath: instancePath + "/status/attachments/outdated", schemaPath: "#/properties/status/properties/attachments/properties/outdated/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                      if (errors === _errs57 && typeof data24 == "number" && isFinite(data24)) {
                                        if (data24 > 9007199254740991 || isNaN(data24))
                                          return validate10.errors = [{ instancePath: instancePath + "/status/attachments/outdated", schemaPath: "#/properties/status/properties/attachments/properties/outdated/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }], !1;
                                        if (data24 < 0 || isNaN(data24))
                                          return validate10.errors = [{ instancePath: instancePath + "/status/attachments/outdated", schemaPath: "#/properties/status/properties/attachments/properties/outdated/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
                                      }
                                      var valid11 = _errs57 === errors;
                                    } else
                                      var valid11 = !0;
                                    if (valid11)
                                      if (data22.networks !== void 0) {
                                        let data25 = data22.networks, _errs59 = errors;
                                        if (errors === _errs59)
                                          if (Array.isArray(data25)) {
                                            if (data25.length > 1e3)
                                              return validate10.errors = [{ instancePath: instancePath + "/status/attachments/networks", schemaPath: "#/properties/status/properties/attachments/properties/networks/maxItems", keyword: "maxItems", params: { limit: 1e3 }, message: "must NOT have more than 1000 items" }], !1;
                                            {
                                              var valid12 = !0;
                                              let len4 = data25.length;
                                              for (let i4 = 0; i4 < len4; i4++) {
                                                let data26 = data25[i4], _errs61 = errors;
                                                if (errors === _errs61)
                                                  if (data26 && typeof data26 == "object" && !Array.isArray(data26)) {
                                                    let missing7;
                                                    if (data26.network === void 0 && (missing7 = "network") || data26.count === void 0 && (missing7 = "count") || data26.outdated === void 0 && (missing7 = "outdated"))
                                                      return validate10.errors = [{ instancePath: instancePath + "/status/attachments/networks/" + i4, schemaPath: "#/properties/status/properties/attachments/properties/networks/items/required", keyword: "required", params: { missingProperty: missing7 }, message: "must have required property '" + missing7 + "'" }], !1;
                                                    if (data26.network !== void 0) {
                                                      let _errs64 = errors;
                                                      if (typeof data26.network != "string")
                                                        return validate10.errors = [{ instancePath: instancePath + "/status/attachments/networks/" + i4 + "/network", schemaPath: "#/properties/status/properties/attachments/properties/networks/items/properties/network/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                                      var valid13 = _errs64 === errors;
                                                    } else
                                                      var valid13 = !0;
                                                    if (valid13) {
                                                      if (data26.count !== void 0) {
                                                        let data28 = data26.count, _errs66 = errors;
                                                        if (!(typeof data28 == "number" && !(data28 % 1) && !isNaN(data28) && isFinite(data28)))
                                                          return validate10.errors = [{ instancePath: instancePath + "/status/attachments/networks/" + i4 + "/count", schemaPath: "#/properties/status/properties/attachments/properties/networks/items/properties/count/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                                        if (errors === _errs66 && typeof data28 == "number" && isFinite(data28)) {
                                                          if (data28 > 9007199254740991 || isNaN(data28))
                                                            return validate10.errors = [{ instancePath: instancePath + "/status/attachments/networks/" + i4 + "/count", schemaPath: "#/properties/status/properties/attachments/properties/networks/items/properties/count/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }], !1;
                                                          if (data28 < 0 || isNaN(data28))
                                                            return validate10.errors = [{ instancePath: instancePath + "/status/attachments/networks/" + i4 + "/count", schemaPath: "#/properties/status/properties/attachments/properties/networks/items/properties/count/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
                                                        }
                                                        var valid13 = _errs66 === errors;
                                                      } else
                                                        var valid13 = !0;
                                                      if (valid13)
                                                        if (data26.outdated !== void 0) {
                                                          let data29 = data26.outdated, _errs68 = errors;
                                                          if (!(typeof data29 == "number" && !(data29 % 1) && !isNaN(data29) && isFinite(data29)))
                                                            return validate10.errors = [{ instancePath: instancePath + "/status/attachments/networks/" + i4 + "/outdated", schemaPath: "#/properties/status/properties/attachments/properties/networks/items/properties/outdated/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                                          if (errors === _errs68 && typeof data29 == "number" && isFinite(data29)) {
                                                            if (data29 > 9007199254740991 || isNaN(data29))
                                                              return validate10.errors = [{ instancePath: instancePath + "/status/attachments/networks/" + i4 + "/outdated", schemaPath: "#/properties/status/properties/attachments/properties/networks/items/properties/outdated/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }], !1;
                                                            if (data29 < 0 || isNaN(data29))
                                                              return validate10.errors = [{ instancePath: instancePath + "/status/attachments/networks/" + i4 + "/outdated", schemaPath: "#/properties/status/properties/attachments/properties/networks/items/properties/outdated/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
                                                          }
                                                          var valid13 = _errs68 === errors;
                                                        } else
                                                          var valid13 = !0;
                                                    }
                                                  } else
                                                    return validate10.errors = [{ instancePath: instancePath + "/status/attachments/networks/" + i4, schemaPath: "#/properties/status/properties/attachments/properties/networks/items/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                                                var valid12 = _errs61 === errors;
                                                if (!valid12)
                                                  break;
                                              }
                                            }
                                          } else
                                            return validate10.errors = [{ instancePath: instancePath + "/status/attachments/networks", schemaPath: "#/properties/status/properties/attachments/properties/networks/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                                        var valid11 = _errs59 === errors;
                                      } else
                                        var valid11 = !0;
                                  }
                                } else
                                  return validate10.errors = [{ instancePath: instancePath + "/status/attachments", schemaPath: "#/properties/status/properties/attachments/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                              var valid2 = _errs52 === errors;
                            } else
                              var valid2 = !0;
                            if (valid2) {
                              if (data4.leftovers !== void 0) {
                                let data30 = data4.leftovers, _errs70 = errors;
                                if (errors === _errs70)
                                  if (data30 && typeof data30 == "object" && !Array.isArray(data30)) {
                                    let missing8;
                                    if (data30.count === void 0 && (missing8 = "count"))
                                      return validate10.errors = [{ instancePath: instancePath + "/status/leftovers", schemaPath: "#/properties/status/properties/leftovers/required", keyword: "required", params: { missingProperty: missing8 }, message: "must have required property '" + missing8 + "'" }], !1;
                                    if (data30.count !== void 0) {
                                      let data31 = data30.count, _errs73 = errors;
                                      if (!(typeof data31 == "number" && !(data31 % 1) && !isNaN(data31) && isFinite(data31)))
                                        return validate10.errors = [{ instancePath: instancePath + "/status/leftovers/count", schemaPath: "#/properties/status/properties/leftovers/properties/count/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                      if (errors === _errs73 && typeof data31 == "number" && isFinite(data31)) {
                                        if (data31 > 9007199254740991 || isNaN(data31))
                                          return validate10.errors = [{ instancePath: instancePath + "/status/leftovers/count", schemaPath: "#/properties/status/properties/leftovers/properties/count/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }], !1;
                                        if (data31 < 0 || isNaN(data31))
                                          return validate10.errors = [{ instancePath: instancePath + "/status/leftovers/count", schemaPath: "#/properties/status/properties/leftovers/properties/count/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
                                      }
                                      var valid14 = _errs73 === errors;
                                    } else
                                      var valid14 = !0;
                                    if (valid14)
                                      if (data30.oldest !== void 0) {
                                        let _errs75 = errors;
                                        if (errors === _errs75 && errors === _errs75 && typeof data30.oldest != "string")
                                          return validate10.errors = [{ instancePath: instancePath + "/status/leftovers/oldest", schemaPath: "#/properties/status/properties/leftovers/properties/oldest/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                        var valid14 = _errs75 === errors;
                                      } else
                                        var valid14 = !0;
                                  } else
                                    return validate10.errors = [{ instancePath: instancePath + "/status/leftovers", schemaPath: "#/properties/status/properties/leftovers/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                                var valid2 = _errs70 === errors;
                              } else
                                var valid2 = !0;
                              if (valid2)
                                if (data4.conditions !== void 0) {
                                  let data33 = data4.conditions, _errs77 = errors;
                                  if (errors === _errs77)
                                    if (Array.isArray(data33)) {
                                      var valid15 = !0;
                                      let len5 = data33.length;
                                      for (let i5 = 0; i5 < len5; i5++) {
                                        let data34 = data33[i5], _errs79 = errors;
                                        if (errors === _errs79)
                                          if (data34 && typeof data34 == "object" && !Array.isArray(data34)) {
                                            let missing9;
                                            if (data34.type === void 0 && (missing9 = "type") || data34.status === void 0 && (missing9 = "status") || data34.lastTransitionTime === void 0 && (missing9 = "lastTransitionTime") || data34.reason === void 0 && (missing9 = "reason") || data34.message === void 0 && (missing9 = "message"))
                                              return validate10.errors = [{ instancePath: instancePath + "/status/conditions/" + i5, schemaPath: "#/properties/status/properties/conditions/items/required", keyword: "required", params: { missingProperty: missing9 }, message: "must have required property '" + missing9 + "'" }], !1;
                                            if (data34.type !== void 0) {
                                              let data35 = data34.type, _errs82 = errors;
                                              if (errors === _errs82)
                                                if (typeof data35 == "string") {
                                                  if (func2(data35) > 316)
                                                    return validate10.errors = [{ instancePath: instancePath + "/status/conditions/" + i5 + "/type", schemaPath: "#/properties/status/properties/conditions/items/properties/type/maxLength", keyword: "maxLength", params: { limit: 316 }, message: "must NOT have more than 316 characters" }], !1;
                                                  if (!pattern1.test(data35))
                                                    return validate10.errors = [{ instancePath: instancePath + "/status/conditions/" + i5 + "/type", schemaPath: "#/properties/status/properties/conditions/items/properties/type/pattern", keyword: "pattern", params: { pattern: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$" }, message: 'must match pattern "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$"' }], !1;
                                                } else
                                                  return validate10.errors = [{ instancePath: instancePath + "/status/conditions/" + i5 + "/type", schemaPath: "#/properties/status/properties/conditions/items/properties/type/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                              var valid16 = _errs82 === errors;
                                            } else
                                              var valid16 = !0;
                                            if (valid16) {
                                              if (data34.status !== void 0) {
                                                let data36 = data34.status, _errs84 = errors;
                                                if (typeof data36 != "string")
                                                  return validate10.errors = [{ instancePath: instancePath + "/status/conditions/" + i5 + "/status", schemaPath: "#/properties/status/properties/conditions/items/properties/status/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                                if (!(data36 === "True" || data36 === "False" || data36 === "Unknown"))
                                                  return validate10.errors = [{ instancePath: instancePath + "/status/conditions/" + i5 + "/status", schemaPath: "#/properties/status/properties/conditions/items/properties/status/enum", keyword: "enum", params: { allowedValues: schema11.properties.status.properties.conditions.items.properties.status.enum }, message: "must be equal to one of the allowed values" }], !1;
                                                var valid16 = _errs84 === errors;
                                              } else
                                                var valid16 = !0;
                                              if (valid16) {
                                                if (data34.observedGeneration !== void 0) {
                                                  let data37 = data34.observedGeneration, _errs86 = errors;
                                                  if (!(typeof data37 == "number" && !(data37 % 1) && !isNaN(data37) && isFinite(data37)))
                                                    return validate10.errors = [{ instancePath: instancePath + "/status/conditions/" + i5 + "/observedGeneration", schemaPath: "#/properties/status/properties/conditions/items/properties/observedGeneration/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }], !1;
                                                  if (errors === _errs86 && typeof data37 == "number" && isFinite(data37)) {
                                                    if (data37 > 9007199254740991 || isNaN(data37))
                                                      return validate10.errors = [{ instancePath: instancePath + "/status/conditions/" + i5 + "/observedGeneration", schemaPath: "#/properties/status/properties/conditions/items/properties/observedGeneration/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }], !1;
                                                    if (data37 < 0 || isNaN(data37))
                                                      return validate10.errors = [{ instancePath: instancePath + "/status/conditions/" + i5 + "/observedGeneration", schemaPath: "#/properties/status/properties/conditions/items/properties/observedGeneration/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }], !1;
                                                  }
                                                  var valid16 = _errs86 === errors;
                                                } else
                                                  var valid16 = !0;
                                                if (valid16) {
                                                  if (data34.lastTransitionTime !== void 0) {
                                                    let _errs88 = errors;
                                                    if (errors === _errs88 && errors === _errs88 && typeof data34.lastTransitionTime != "string")
                                                      return validate10.errors = [{ instancePath: instancePath + "/status/conditions/" + i5 + "/lastTransitionTime", schemaPath: "#/properties/status/properties/conditions/items/properties/lastTransitionTime/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                                    var valid16 = _errs88 === errors;
                                                  } else
                                                    var valid16 = !0;
                                                  if (valid16) {
                                                    if (data34.reason !== void 0) {
                                                      let data39 = data34.reason, _errs90 = errors;
                                                      if (errors === _errs90)
                                                        if (typeof data39 == "string") {
                                                          if (func2(data39) > 1024)
                                                            return validate10.errors = [{ instancePath: instancePath + "/status/conditions/" + i5 + "/reason", schemaPath: "#/properties/status/properties/conditions/items/properties/reason/maxLength", keyword: "maxLength", params: { limit: 1024 }, message: "must NOT have more than 1024 characters" }], !1;
                                                          if (func2(data39) < 1)
                                                            return validate10.errors = [{ instancePath: instancePath + "/status/conditions/" + i5 + "/reason", schemaPath: "#/properties/status/properties/conditions/items/properties/reason/minLength", keyword: "minLength", params: { limit: 1 }, message: "must NOT have fewer than 1 characters" }], !1;
                                                          if (!pattern2.test(data39))
                                                            return validate10.errors = [{ instancePath: instancePath + "/status/conditions/" + i5 + "/reason", schemaPath: "#/properties/status/properties/conditions/items/properties/reason/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$" }, message: 'must match pattern "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"' }], !1;
                                                        } else
                                                          return validate10.errors = [{ instancePath: instancePath + "/status/conditions/" + i5 + "/reason", schemaPath: "#/properties/status/properties/conditions/items/properties/reason/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                                      var valid16 = _errs90 === errors;
                                                    } else
                                                      var valid16 = !0;
                                                    if (valid16)
                                                      if (data34.message !== void 0) {
                                                        let data40 = data34.message, _errs92 = errors;
                                                        if (errors === _errs92)
                                                          if (typeof data40 == "string") {
                                                            if (func2(data40) > 32768)
                                                              return validate10.errors = [{ instancePath: instancePath + "/status/conditions/" + i5 + "/message", schemaPath: "#/properties/status/properties/conditions/items/properties/message/maxLength", keyword: "maxLength", params: { limit: 32768 }, message: "must NOT have more than 32768 characters" }], !1;
                                                          } else
                                                            return validate10.errors = [{ instancePath: instancePath + "/status/conditions/" + i5 + "/message", schemaPath: "#/properties/status/properties/conditions/items/properties/message/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                                                        var valid16 = _errs92 === errors;
                                                      } else
                                                        var valid16 = !0;
                                                  }
                                                }
                                              }
                                            }
                                          } else
                                            return validate10.errors = [{ instancePath: instancePath + "/status/conditions/" + i5, schemaPath: "#/properties/status/properties/conditions/items/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                                        var valid15 = _errs79 === errors;
                                        if (!valid15)
                                          break;
                                      }
                                    } else
                                      return validate10.errors = [{ instancePath: instancePath + "/status/conditions", schemaPath: "#/properties/status/properties/conditions/type", keyword: "type", params: { type: "array" }, message: "must be array" }], !1;
                                  var valid2 = _errs77 === errors;
                                } else
                                  var valid2 = !0;
                            }
                          }
                        }
                      }
                    }
                  }
                } else
                  return validate10.errors = [{ instancePath: instancePath + "/status", schemaPath: "#/properties/status/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
              var valid0 = _errs11 === errors;
            } else
              var valid0 = !0;
        }
      }
    } else
      return validate10.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate10.errors = vErrors, errors === 0;
}
export {
  validateWeftNode
};
