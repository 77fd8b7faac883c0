// Generated from src/api/network-attachment-definition.schema.ts by hack/codegen/validators.ts; do not edit.
// <stdin>
var validateNetworkAttachmentDefinition = validate10;
var pattern0 = new RegExp("^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", "u");
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
        if (data0 !== "k8s.cni.cncf.io/v1")
          return validate10.errors = [{ instancePath: instancePath + "/apiVersion", schemaPath: "#/properties/apiVersion/const", keyword: "const", params: { allowedValue: "k8s.cni.cncf.io/v1" }, message: "must be equal to constant" }], !1;
        var valid0 = _errs2 === errors;
      } else
        var valid0 = !0;
      if (valid0) {
        if (data.kind !== void 0) {
          let data1 = data.kind, _errs4 = errors;
          if (typeof data1 != "string")
            return validate10.errors = [{ instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
          if (data1 !== "NetworkAttachmentDefinition")
            return validate10.errors = [{ instancePath: instancePath + "/kind", schemaPath: "#/properties/kind/const", keyword: "const", params: { allowedValue: "NetworkAttachmentDefinition" }, message: "must be equal to constant" }], !1;
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
                  let data3 = data2.name, _errs9 = errors;
                  if (errors === _errs9)
                    if (typeof data3 == "string") {
                      if (!pattern0.test(data3))
                        return validate10.errors = [{ instancePath: instancePath + "/metadata/name", schemaPath: "#/properties/metadata/properties/name/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$" }, message: 'must match pattern "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"' }], !1;
                    } else
                      return validate10.errors = [{ instancePath: instancePath + "/metadata/name", schemaPath: "#/properties/metadata/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                  var valid1 = _errs9 === errors;
                } else
                  var valid1 = !0;
                if (valid1) {
                  if (data2.namespace !== void 0) {
                    let _errs11 = errors;
                    if (typeof data2.namespace != "string")
                      return validate10.errors = [{ instancePath: instancePath + "/metadata/namespace", schemaPath: "#/properties/metadata/properties/namespace/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                    var valid1 = _errs11 === errors;
                  } else
                    var valid1 = !0;
                  if (valid1)
                    if (data2.annotations !== void 0) {
                      let data5 = data2.annotations, _errs13 = errors;
                      if (errors === _errs13)
                        if (data5 && typeof data5 == "object" && !Array.isArray(data5)) {
                          for (let key0 in data5) {
                            let _errs15 = errors;
                            if (typeof key0 != "string") {
                              let err0 = { instancePath: instancePath + "/metadata/annotations", schemaPath: "#/properties/metadata/properties/annotations/propertyNames/type", keyword: "type", params: { type: "string" }, message: "must be string", propertyName: key0 };
                              vErrors === null ? vErrors = [err0] : vErrors.push(err0), errors++;
                            }
                            var valid2 = _errs15 === errors;
                            if (!valid2) {
                              let err1 = { instancePath: instancePath + "/metadata/annotations", schemaPath: "#/properties/metadata/properties/annotations/propertyNames", keyword: "propertyNames", params: { propertyName: key0 }, message: "property name must be valid" };
                              return vErrors === null ? vErrors = [err1] : vErrors.push(err1), errors++, validate10.errors = vErrors, !1;
                              break;
                            }
                          }
                          if (valid2)
                            for (let key1 in data5) {
                              let _errs18 = errors;
                              if (typeof data5[key1] != "string")
                                return validate10.errors = [{ instancePath: instancePath + "/metadata/annotations/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"), schemaPath: "#/properties/metadata/properties/annotations/additionalProperties/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                              var valid3 = _errs18 === errors;
                              if (!valid3)
                                break;
                            }
                        } else
                          return validate10.errors = [{ instancePath: instancePath + "/metadata/annotations", schemaPath: "#/properties/metadata/properties/annotations/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
                      var valid1 = _errs13 === errors;
                    } else
                      var valid1 = !0;
                }
              } else
                return validate10.errors = [{ instancePath: instancePath + "/metadata", schemaPath: "#/properties/metadata/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
            var valid0 = _errs6 === errors;
          } else
            var valid0 = !0;
          if (valid0)
            if (data.spec !== void 0) {
              let data7 = data.spec, _errs20 = errors;
              if (errors === _errs20)
                if (data7 && typeof data7 == "object" && !Array.isArray(data7)) {
                  if (data7.config !== void 0 && typeof data7.config != "string")
                    return validate10.errors = [{ instancePath: instancePath + "/spec/config", schemaPath: "#/properties/spec/properties/config/type", keyword: "type", params: { type: "string" }, message: "must be string" }], !1;
                } else
                  return validate10.errors = [{ instancePath: instancePath + "/spec", schemaPath: "#/properties/spec/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
              var valid0 = _errs20 === errors;
            } else
              var valid0 = !0;
        }
      }
    } else
      return validate10.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }], !1;
  return validate10.errors = vErrors, errors === 0;
}
export {
  validateNetworkAttachmentDefinition
};
