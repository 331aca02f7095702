{{/* The release's name, short enough for a label. */}}
{{- define "sightline.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 46 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 46 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "sightline.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "sightline.labels" -}}
{{ include "sightline.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "sightline.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "sightline.name" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "sightline.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* The folder of what is kept in pods with a volume. */}}
{{- define "sightline.home" -}}/var/lib/sightline{{- end -}}

{{/* What cannot work is refused before it is applied. */}}
{{- define "sightline.validate" -}}
{{- if and (or .Values.scan.enabled .Values.ingest.enabled .Values.maintenance.enabled .Values.cluster.enabled) (not (hasPrefix "s3://" .Values.lake.url)) -}}
{{- fail "scan, ingest, maintenance and cluster are pods of their own and share the lake: set `lake.url` to s3://bucket/prefix, or use the schedules of the server" -}}
{{- end -}}
{{- if and (eq .Values.aws.identity "irsa") (not .Values.aws.roleArn) -}}
{{- fail "`aws.identity` is irsa: set `aws.roleArn` to the scanner's role" -}}
{{- end -}}
{{- if and .Values.server.ingress.enabled (not .Values.server.ingress.host) -}}
{{- fail "`server.ingress.enabled`: set `server.ingress.host`" -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled (not .Values.serviceMonitor.tokenSecret.name) -}}
{{- fail "`serviceMonitor.enabled`: set `serviceMonitor.tokenSecret.name` to a secret with a viewer's token" -}}
{{- end -}}
{{- end -}}

{{- define "sightline.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "sightline.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* What every pod says of itself. Takes a list: the context and the component. */}}
{{- define "sightline.podMetadata" -}}
{{- $root := index . 0 -}}
labels:
  {{- include "sightline.labels" $root | nindent 2 }}
  app.kubernetes.io/component: {{ index . 1 }}
  {{- with $root.Values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
annotations:
  checksum/config: {{ $root.Values.config | sha256sum }}
  {{- with $root.Values.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* What every pod's specification begins with. */}}
{{- define "sightline.podSpec" -}}
serviceAccountName: {{ include "sightline.serviceAccount" . }}
# AWS credentials come by a token of their own; the Kubernetes API is not asked by this pod's account.
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- include "sightline.podSecurity" . | nindent 2 }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{/* What every container says. */}}
{{- define "sightline.container" -}}
image: {{ include "sightline.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- include "sightline.containerSecurity" . | nindent 2 }}
{{- with .Values.aws.envFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "sightline.env" -}}
- name: SIGHTLINE_LAKE
  value: {{ default (printf "%s/lake" (include "sightline.home" .)) .Values.lake.url | quote }}
{{- if .Values.config }}
- name: SIGHTLINE_CONFIG
  value: /etc/sightline/sightline.toml
{{- end }}
{{- with .Values.lake.region }}
- name: AWS_REGION
  value: {{ . | quote }}
{{- end }}
{{- with .Values.lake.endpoint }}
- name: AWS_ENDPOINT_URL_S3
  value: {{ . | quote }}
{{- end }}
{{- with .Values.aws.env }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "sightline.clusterArg" -}}
{{- if .Values.cluster.enabled }}
- --cluster=http://{{ include "sightline.name" . }}-scheduler:{{ .Values.cluster.scheduler.port }}
{{- end -}}
{{- end -}}

{{- define "sightline.configMount" -}}
{{- if .Values.config }}
- name: config
  mountPath: /etc/sightline
  readOnly: true
{{- end -}}
{{- end -}}

{{- define "sightline.configVolume" -}}
{{- if .Values.config }}
- name: config
  configMap:
    name: {{ include "sightline.name" . }}
{{- end -}}
{{- end -}}

{{/* A job that ends by itself: what a lost node ends is begun again. Takes the container's name. */}}
{{- define "sightline.failurePolicy" -}}
rules:
  - action: Ignore
    onPodConditions:
      - type: DisruptionTarget
        status: "True"
  # 3: something could not be seen. To try again at once would show no more.
  - action: FailJob
    onExitCodes:
      containerName: {{ . }}
      operator: In
      values: [3]
{{- end -}}
