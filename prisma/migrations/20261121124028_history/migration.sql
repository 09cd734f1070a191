-- AlterTable
ALTER TABLE "FeatureGroup" ADD COLUMN     "duplicates" TEXT NOT NULL DEFAULT 'keep_last',
ADD COLUMN     "incremental" JSONB,
ADD COLUMN     "nextRunAt" TIMESTAMPTZ(6),
ADD COLUMN     "retention" JSONB,
ADD COLUMN     "schedule" JSONB,
ALTER COLUMN "sql" DROP NOT NULL;

-- AlterTable
ALTER TABLE "Feature" ADD COLUMN     "madeFrom" JSONB;

-- AlterTable
ALTER TABLE "FeatureView" ADD COLUMN     "aggregations" JSONB,
ADD COLUMN     "filters" JSONB;

-- AlterTable
ALTER TABLE "Commit" ADD COLUMN     "answer" JSONB,
ADD COLUMN     "createdBy" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "expiredAt" TIMESTAMPTZ(6),
ADD COLUMN     "liveRows" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "payloadHash" TEXT,
ADD COLUMN     "rangeEnd" TEXT,
ADD COLUMN     "rangeStart" TEXT,
ADD COLUMN     "replaces" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "restores" INTEGER,
ADD COLUMN     "writeKey" TEXT;

-- AlterTable
ALTER TABLE "DataFile" ADD COLUMN     "compacted" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "garbageAt" TIMESTAMPTZ(6),
ADD COLUMN     "maxKey" TEXT,
ADD COLUMN     "minKey" TEXT;

-- AlterTable
ALTER TABLE "Run" ADD COLUMN     "failures" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "notBefore" TIMESTAMPTZ(6),
ADD COLUMN     "retryOf" TEXT;

-- AlterTable
ALTER TABLE "TrainingSet" ADD COLUMN     "spinePath" TEXT;

-- CreateTable
CREATE TABLE "Interval" (
    "id" TEXT NOT NULL,
    "groupId" TEXT NOT NULL,
    "start" TEXT NOT NULL,
    "end" TEXT NOT NULL,
    "commitSequence" INTEGER NOT NULL,
    "rowCount" BIGINT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "runId" TEXT,
    "computedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "Interval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ScheduledRun" (
    "groupId" TEXT NOT NULL,
    "scheduledFor" TIMESTAMPTZ(6) NOT NULL,
    "runId" TEXT,
    "createdAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "ScheduledRun_pkey" PRIMARY KEY ("groupId","scheduledFor")
);

-- CreateTable
CREATE TABLE "Quarantine" (
    "id" TEXT NOT NULL,
    "groupId" TEXT NOT NULL,
    "commitSequence" INTEGER,
    "path" TEXT NOT NULL,
    "rowCount" BIGINT NOT NULL,
    "byteCount" BIGINT NOT NULL,
    "reasons" JSONB NOT NULL,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "Quarantine_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Snapshot" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "items" JSONB NOT NULL,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "Snapshot_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SqlQuery" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "actorId" TEXT NOT NULL,
    "sql" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "rowCount" INTEGER,
    "seconds" DOUBLE PRECISION NOT NULL,
    "error" JSONB,
    "startedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "SqlQuery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StorageCheck" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "deep" BOOLEAN NOT NULL,
    "report" JSONB NOT NULL,
    "runId" TEXT,
    "checkedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "StorageCheck_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Interval_groupId_start_key" ON "Interval"("groupId", "start");

-- CreateIndex
CREATE UNIQUE INDEX "Quarantine_path_key" ON "Quarantine"("path");

-- CreateIndex
CREATE INDEX "Quarantine_groupId_createdAt_idx" ON "Quarantine"("groupId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "Snapshot_projectId_name_key" ON "Snapshot"("projectId", "name");

-- CreateIndex
CREATE INDEX "SqlQuery_projectId_actorId_startedAt_idx" ON "SqlQuery"("projectId", "actorId", "startedAt");

-- CreateIndex
CREATE INDEX "StorageCheck_projectId_checkedAt_idx" ON "StorageCheck"("projectId", "checkedAt");

-- CreateIndex
CREATE INDEX "FeatureGroup_nextRunAt_idx" ON "FeatureGroup"("nextRunAt");

-- CreateIndex
CREATE UNIQUE INDEX "Commit_groupId_writeKey_key" ON "Commit"("groupId", "writeKey");

-- AddForeignKey
ALTER TABLE "Interval" ADD CONSTRAINT "Interval_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "FeatureGroup"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ScheduledRun" ADD CONSTRAINT "ScheduledRun_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "FeatureGroup"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Quarantine" ADD CONSTRAINT "Quarantine_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "FeatureGroup"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Snapshot" ADD CONSTRAINT "Snapshot_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SqlQuery" ADD CONSTRAINT "SqlQuery_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "StorageCheck" ADD CONSTRAINT "StorageCheck_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- By hand: until now every commit replaced everything.
UPDATE "Commit" SET "liveRows" = "rowCount";
